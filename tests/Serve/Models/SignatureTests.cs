using Microsoft.Extensions.DependencyInjection;
using Unreel.Artifacts;
using Unreel.Pipelines;
using Unreel.Serve.Models;
using Unreel.Serve.Scoring;
using Unreel.Testing;
using Unreel.Testing.Models;

namespace Unreel.Serve.Tests;

/// <summary>Models that must be signed before they serve or score.</summary>
public sealed class SignatureTests : IDisposable
{
    private readonly ModelShelf _shelf = new();
    private readonly TemporaryFolder _folder = new();
    private readonly SigningKey _key = SigningKey.Create();

    public SignatureTests() => _key.Public.Write(_folder.File("key.pub.pem"));

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
        _shelf.Dispose();
    }

    [Fact]
    public async Task An_unsigned_model_is_not_taken_into_service()
    {
        ArtifactRef model = await _shelf.AddAsync(1);
        await _shelf.TagAsync(model);

        UsageException refused = await Assert.ThrowsAsync<UsageException>(() => ServeHost.RunAsync(Options(new ServeOptions { Models = [], Port = 0, Threads = 1 }), _shelf.Store, default));

        Assert.Contains($"{model} has no good signature: expected one by the key {_key.Public.Id}", refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_shelf.Cache, "sha256")));
    }

    [Fact]
    public async Task A_tag_that_moves_to_an_unsigned_model_is_refused_and_the_one_before_stays()
    {
        ArtifactRef signed = await SignedAsync(1), unsigned = await _shelf.AddAsync(2), next = await SignedAsync(3);
        await _shelf.TagAsync(signed);
        await using TestHost host = await StartAsync();
        ModelHost place = host.Services.GetRequiredService<ModelRegistry>().Default;

        await _shelf.TagAsync(unsigned);
        await Eventually.TrueAsync(() => place.Refusal is not null);

        Assert.Equal((signed.Digest, unsigned.Digest), (place.Current!.Source.Digest, place.Refusal!.Digest));
        Assert.Contains("has no good signature", place.Refusal.Reason, StringComparison.Ordinal);
        Assert.Contains(_key.Public.Id, place.Refusal.Reason, StringComparison.Ordinal);
        await _shelf.TagAsync(next);
        await Eventually.TrueAsync(() => place.Current!.Source.Digest == next.Digest);
        Assert.Null(place.Refusal);
    }

    [Fact]
    public async Task A_model_that_is_signed_after_its_tag_has_moved_is_taken_up()
    {
        ArtifactRef signed = await SignedAsync(1), late = await _shelf.AddAsync(2);
        await _shelf.TagAsync(signed);
        await using TestHost host = await StartAsync();
        ModelHost place = host.Services.GetRequiredService<ModelRegistry>().Default;
        await _shelf.TagAsync(late);
        await Eventually.TrueAsync(() => place.Refusal is not null);

        await ArtifactSigner.SignAsync(_shelf.Store, late, _key, default);

        await Eventually.TrueAsync(() => place.Current!.Source.Digest == late.Digest);
        Assert.Null(place.Refusal);
    }

    [Fact]
    public async Task A_file_has_no_signature()
    {
        ModelSource source = new(_shelf.Store, _shelf.Cache, ModelSource.ReadKeys([_folder.File("key.pub.pem")]));

        UsageException refused = await Assert.ThrowsAsync<UsageException>(() => source.FetchAsync(TinyModel.Write(_folder.Path), default));

        Assert.Contains("is a file, which has no signature", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_that_are_none_are_wrong_usage()
    {
        File.WriteAllText(_folder.File("none.pem"), "none");

        Assert.Contains("holds no public key", Assert.Throws<UsageException>(() => ModelSource.ReadKeys([_folder.File("none.pem")])).Message, StringComparison.Ordinal);
        Assert.Null(ModelSource.ReadKeys([]));
    }

    [Fact]
    public async Task Scoring_refuses_an_unsigned_model_too()
    {
        ArtifactRef model = await _shelf.AddAsync(1);
        await _shelf.TagAsync(model);
        Directory.CreateDirectory(_folder.File("videos"));
        await File.WriteAllBytesAsync(_folder.File("videos", "a.mp4"), TestVideos.Bytes());
        FolderScorer scorer = FolderScorer.Create(new ScoreSettings { Store = _shelf.Store, CacheFolder = _shelf.Cache, Signatures = ModelSource.ReadKeys([_folder.File("key.pub.pem")]), Threads = 1 });
        ScoreOptions options = new() { Model = "onnx/tiny:latest", Videos = _folder.File("videos"), Out = _folder.File("scores.csv") };

        UsageException refused = await Assert.ThrowsAsync<UsageException>(() => scorer.RunAsync(options, new Progress<StageProgress>(), default));
        await ArtifactSigner.SignAsync(_shelf.Store, model, _key, default);
        ScoreSummary summary = await scorer.RunAsync(options, new Progress<StageProgress>(), default);

        Assert.Contains("has no good signature", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, summary.Videos);
    }

    private async Task<ArtifactRef> SignedAsync(ulong seed)
    {
        ArtifactRef model = await _shelf.AddAsync(seed);
        await ArtifactSigner.SignAsync(_shelf.Store, model, _key, default);
        return model;
    }

    private Task<TestHost> StartAsync() => TestHost.StartAsync(Options, _shelf.Store);

    private ServeOptions Options(ServeOptions options) => options with
    {
        Models = [ModelChoice.Parse("onnx/tiny:latest")],
        CacheFolder = _shelf.Cache,
        Watch = TimeSpan.FromMilliseconds(10),
        RequireSignature = [_folder.File("key.pub.pem")],
    };
}
