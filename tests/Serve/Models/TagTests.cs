using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Unreel.Artifacts;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Serve.Decoding;
using Unreel.Serve.Models;
using Unreel.Testing;
using Unreel.Video;

namespace Unreel.Serve.Tests;

public sealed class TagTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ModelShelf _shelf = new();

    public void Dispose() => _shelf.Dispose();

    [Fact]
    public async Task A_tag_that_moves_a_hundred_times_under_load_loses_no_request()
    {
        ArtifactRef[] models = [await _shelf.AddAsync(1), await _shelf.AddAsync(2)];
        await _shelf.TagAsync(models[0]);
        await using TestHost host = await StartAsync(TimeSpan.FromMilliseconds(1), services: services =>
            services.Replace(ServiceDescriptor.Singleton<IClipDecoder, ReadyFrames>()));
        ModelHost place = host.Services.GetRequiredService<ModelRegistry>().Default;
        ConcurrentBag<(int Status, string Text)> answers = [];
        using CancellationTokenSource enough = new();
        Task[] clients = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                Answer answer = await host.SendAsync(HttpMethod.Put, "/v1/classify", [1]);
                answers.Add((answer.Status, answer.Text));
            }
        }))];

        List<ServedModel> served = [place.Current!];
        for (int move = 1; move <= 100; move++)
        {
            ArtifactRef next = models[move % 2];
            await _shelf.TagAsync(next);
            await UntilAsync(() => place.Current!.Source.Digest == next.Digest);
            served.Add(place.Current!);
        }

        await enough.CancelAsync();
        await Task.WhenAll(clients).WaitAsync(Patience);
        Assert.All(answers, answer => Assert.True(answer.Status == 200, answer.Text));
        Assert.All(models, model => Assert.Contains(answers, answer => answer.Text.Contains(model.Digest.Hex, StringComparison.Ordinal)));
        Assert.Equal(101, served.Distinct().Count());
        await place.Closing.WaitAsync(Patience);
        Assert.All(served.SkipLast(1), model => Assert.True(model.Closed.IsCompletedSuccessfully));
        Assert.False(served[^1].Closed.IsCompleted);
    }

    [Theory]
    [InlineData("truncated", "cannot be used")]
    [InlineData("golden", "does not pass its self-test on CPUExecutionProvider: a logit differs")]
    [InlineData("hostile", "cannot be used")]
    [InlineData("broken", "not finite")]
    [InlineData("none", "holds no model.onnx")]
    public async Task A_bad_model_is_refused_and_the_one_before_stays(string fault, string reason)
    {
        ArtifactRef good = await _shelf.AddAsync(1), bad = await _shelf.AddAsync(2, folder => Damage(folder, fault), golden: fault != "broken", broken: fault == "broken"), better = await _shelf.AddAsync(3);
        await _shelf.TagAsync(good);
        List<string> log = [];
        await using TestHost host = await StartAsync(TimeSpan.FromMilliseconds(1), log: log);
        ModelHost place = host.Services.GetRequiredService<ModelRegistry>().Default;

        await _shelf.TagAsync(bad);
        await UntilAsync(() => place.Refusal is not null);
        await Task.Delay(50);

        Assert.Equal((good.Digest, bad.Digest), (place.Current!.Source.Digest, place.Refusal!.Digest));
        Assert.Contains(reason, place.Refusal.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(_shelf.Cache, place.Refusal.Reason, StringComparison.Ordinal);
        Models.ModelDescription told = ModelList.Of(host.Services.GetRequiredService<ModelRegistry>()).Models[0];
        Assert.Equal((good.Digest.ToString(), bad.Digest.ToString(), true), (told.Digest, told.Refused!.Digest, told.Ready));
        lock (log)
            Assert.Single(log, line => line.Contains($"has moved to {bad.Digest}", StringComparison.Ordinal));

        await _shelf.TagAsync(better);
        await UntilAsync(() => place.Current!.Source.Digest == better.Digest);
        Assert.Null(place.Refusal);
    }

    [Fact]
    public async Task A_tag_that_moves_back_to_a_refused_model_has_it_tried_again()
    {
        ArtifactRef good = await _shelf.AddAsync(1), other = await _shelf.AddAsync(2);
        await _shelf.TagAsync(good);
        bool works = false;
        await using TestHost host = await StartAsync(TimeSpan.FromMilliseconds(1), load: file => file.Digest == other.Digest && !works ? throw new UsageException("it is damp") : Load(file));
        ModelHost place = host.Services.GetRequiredService<ModelRegistry>().Default;
        await _shelf.TagAsync(other);
        await UntilAsync(() => place.Refusal?.Reason == "it is damp");
        await _shelf.TagAsync(good);
        await Task.Delay(50);

        works = true;
        await _shelf.TagAsync(other);

        await UntilAsync(() => place.Current!.Source.Digest == other.Digest);
    }

    [Fact]
    public async Task A_store_that_gives_out_is_told_once_and_what_is_in_service_stays()
    {
        ArtifactRef first = await _shelf.AddAsync(1), second = await _shelf.AddAsync(2);
        await _shelf.TagAsync(first);
        List<string> log = [];
        IArtifactStore store = FlakyStore.Over(_shelf.Store, out FlakyStore flaky);
        await using TestHost host = await StartAsync(TimeSpan.FromMilliseconds(1), store: store, log: log);
        ModelHost place = host.Services.GetRequiredService<ModelRegistry>().Default;

        flaky.Out = true;
        await _shelf.TagAsync(second);
        int before = flaky.Refused;
        await UntilAsync(() => flaky.Refused > before + 5);
        Assert.Equal(first.Digest, place.Current!.Source.Digest);
        Assert.Null(place.Refusal);
        flaky.Out = false;

        await UntilAsync(() => place.Current!.Source.Digest == second.Digest);
        lock (log)
        {
            Assert.Single(log, line => line.Contains("cannot be followed for now", StringComparison.Ordinal));
            Assert.Single(log, line => line.Contains("can be followed again", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Whatever_a_store_throws_the_tag_is_followed_on()
    {
        ArtifactRef first = await _shelf.AddAsync(1), second = await _shelf.AddAsync(2);
        await _shelf.TagAsync(first);
        IArtifactStore store = FlakyStore.Over(_shelf.Store, out FlakyStore flaky);
        flaky.Problem = new InvalidOperationException("not foreseen");
        await using TestHost host = await StartAsync(TimeSpan.FromMilliseconds(1), store: store);
        ModelHost place = host.Services.GetRequiredService<ModelRegistry>().Default;

        flaky.Out = true;
        await UntilAsync(() => flaky.Refused > 2);
        await _shelf.TagAsync(second);
        flaky.Out = false;

        await UntilAsync(() => place.Current!.Source.Digest == second.Digest);
    }

    [Fact]
    public async Task A_passing_shortage_is_tried_again_with_growing_waits_and_told_once()
    {
        ArtifactRef first = await _shelf.AddAsync(1, golden: false), second = await _shelf.AddAsync(2, golden: false);
        await _shelf.TagAsync(second);
        using ModelHost place = new(ModelChoice.Parse("onnx/tiny:latest"));
        place.Put(new ServedModel(new ModelFile("onnx/tiny:latest", first.Digest, "m"), new FakeClassifier(1f), TimeProvider.System));
        FakeTimeProvider clock = new();
        List<string> log = [];
        int tries = 0;
        FakeLoader loader = new(_ => ++tries < 4 ? throw new UsageException("no memory", new OnnxModelException("m", "failed: no memory")) : new FakeClassifier(1f));
        ModelOpener opener = new(loader, Options(TimeSpan.Zero, "onnx/tiny:latest"), clock, Microsoft.Extensions.Logging.Abstractions.NullLogger<ModelOpener>.Instance);
        TagFollower follower = new(place, ArtifactReference.Parse("onnx/tiny:latest"), new ModelSource(_shelf.Store, _shelf.Cache), opener, clock, new ListLog(log));

        List<int> triedAt = [];
        for (int look = 0; place.Current!.Source.Digest != second.Digest; look++)
        {
            int before = tries;
            await follower.LookAsync(default).WaitAsync(Patience);
            if (tries > before)
                triedAt.Add(look * 10);
            Assert.Equal(tries < 4 ? "no memory" : null, place.Refusal?.Reason);
            Assert.True(look < 100);
            clock.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Equal([0, 10, 30, 70], triedAt);
        Assert.Single(log, line => line.Contains("tried again", StringComparison.Ordinal));
    }

    [Fact]
    public void A_reason_for_callers_names_no_folder_even_one_with_blanks()
    {
        ModelSource source = new(_shelf.Store, "/srv/my models/cache");

        Assert.Equal("Model 'sha256/ab/model.onnx' cannot be read", source.WithoutFolders("Model '/srv/my models/cache/sha256/ab/model.onnx' cannot be read"));
        Assert.DoesNotContain(_shelf.Store.Location, source.WithoutFolders($"no blob in {_shelf.Store.Location}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_keeps_the_model_it_began_with()
    {
        ArtifactRef first = await _shelf.AddAsync(1, golden: false), second = await _shelf.AddAsync(2, golden: false);
        await _shelf.TagAsync(first);
        HeldDecoder decoder = new();
        await using TestHost host = await StartAsync(TimeSpan.FromMilliseconds(1), services: services => services.Replace(ServiceDescriptor.Singleton<IClipDecoder>(decoder)), load: _ => new FakeClassifier(.25f, .75f));
        ModelHost place = host.Services.GetRequiredService<ModelRegistry>().Default;
        ServedModel before = place.Current!;
        Task<Answer> working = host.SendAsync(HttpMethod.Put, "/v1/classify", [1]);
        await decoder.EnteredAsync();

        await _shelf.TagAsync(second);
        await UntilAsync(() => place.Current!.Source.Digest == second.Digest);
        Assert.False(((FakeClassifier)before.Classifier).Disposed);
        decoder.Release();

        Answer answer = await working;
        Assert.Equal(200, answer.Status);
        Assert.Contains(first.Digest.Hex, answer.Text, StringComparison.Ordinal);
        await before.Closed.WaitAsync(Patience);
        Assert.True(((FakeClassifier)before.Classifier).Disposed);
    }

    [Fact]
    public async Task Several_models_are_served_and_only_tags_are_followed()
    {
        ArtifactRef first = await _shelf.AddAsync(1), second = await _shelf.AddAsync(2);
        await _shelf.TagAsync(first);
        await using TestHost host = await StartAsync(TimeSpan.FromMilliseconds(1), models: ["onnx/tiny:latest", $"pinned=onnx/tiny@{first.Digest}"]);
        ModelRegistry registry = host.Services.GetRequiredService<ModelRegistry>();

        await _shelf.TagAsync(second);

        await UntilAsync(() => registry.Default.Current!.Source.Digest == second.Digest);
        Assert.Equal(first.Digest, registry.Find("pinned")!.Current!.Source.Digest);
        Assert.Same(registry.Default, registry.Find("tiny", second.Digest.Hex[..12]));
    }

    [Fact]
    public async Task At_the_start_a_model_that_fails_its_self_test_ends_the_server()
    {
        await _shelf.TagAsync(await _shelf.AddAsync(1, folder => Damage(folder, "golden")));

        UsageException problem = await Assert.ThrowsAsync<UsageException>(() => ServeHost.RunAsync(Options(TimeSpan.Zero, "onnx/tiny:latest"), _shelf.Store, default));

        Assert.Contains("self-test", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_without_a_clip_is_warmed_only_and_that_is_said()
    {
        await _shelf.TagAsync(await _shelf.AddAsync(1, golden: false));
        List<string> log = [];
        await using TestHost host = await StartAsync(TimeSpan.Zero, log: log);

        lock (log)
            Assert.Single(log, line => line.Contains("brings no clip", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_damaged_file_in_the_cache_is_fetched_again()
    {
        ArtifactRef model = await _shelf.AddAsync(1);
        ModelSource source = new(_shelf.Store, _shelf.Cache);
        byte[] whole = File.ReadAllBytes((await source.FetchAsync($"onnx/tiny@{model.Digest}", default)).File);
        byte[] damaged = [.. whole];
        damaged[^100] ^= 0xff;
        File.WriteAllBytes(_shelf.CachedModel(model), damaged);

        // File systems tell times by the tick of a clock of some milliseconds; this test is quicker.
        File.SetLastWriteTimeUtc(_shelf.CachedModel(model), File.GetLastWriteTimeUtc(_shelf.CachedModel(model)).AddSeconds(1));
        File.Delete(Path.Combine(Path.GetDirectoryName(_shelf.CachedModel(model))!, "test_data_set_0", "output_0.pb"));

        ModelFile[] found = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => new ModelSource(_shelf.Store, _shelf.Cache).FetchAsync($"onnx/tiny@{model.Digest}", default))));

        Assert.Equal(whole, File.ReadAllBytes(found[0].File));
        Assert.NotNull(GoldenClip.Read(found[0].File));
    }

    [Fact]
    public async Task Two_servers_share_a_cache_and_a_warm_one_reads_no_blob()
    {
        await _shelf.TagAsync(await _shelf.AddAsync(1));
        TestHost[] hosts = await Task.WhenAll(StartAsync(TimeSpan.Zero), StartAsync(TimeSpan.Zero));
        foreach (TestHost host in hosts)
            await host.DisposeAsync();

        IArtifactStore store = FlakyStore.Over(_shelf.Store, out FlakyStore counted);
        await using TestHost third = await StartAsync(TimeSpan.Zero, store: store);

        Assert.Equal(200, (await third.GetAsync("/readyz")).Status);
        Assert.Equal(0, counted.Opened);
    }

    [Fact]
    public async Task A_file_in_a_folder_of_an_artifact_can_be_downloaded()
    {
        ArtifactRef model = await _shelf.AddAsync(1);
        await _shelf.TagAsync(model);
        await using TestHost host = await StartAsync(TimeSpan.Zero);

        byte[] found = await host.Client.GetByteArrayAsync($"/registry/blobs/onnx/tiny/{model.Digest}/test_data_set_0/input_0.pb");

        Assert.Equal(ModelShelf.Clip(1), TensorFile.Read(new MemoryStream(found), "input", 1 << 20).Bytes.ToArray());
        Assert.Contains($"/registry/blobs/onnx/tiny/{model.Digest}/test_data_set_0/output_1.pb", (await host.GetAsync("/registry/onnx/tiny/latest")).Text, StringComparison.Ordinal);
        Assert.Equal(404, (await host.GetAsync($"/registry/blobs/onnx/tiny/{model.Digest}/test_data_set_0/..%2fmodel.onnx")).Status);
        Assert.Empty(await _shelf.Store.VerifyAsync(model, deep: true, default));
    }

    private static IClipClassifier Load(ModelFile file) => new OnnxModelLoader(new OnnxModelOptions { Threads = 1 }, _ => { }).Load(file);

    private static void Damage(string folder, string fault)
    {
        string model = Path.Combine(folder, "model.onnx"), logits = Path.Combine(folder, "test_data_set_0", "output_0.pb");
        switch (fault)
        {
            case "truncated":
                File.WriteAllBytes(model, File.ReadAllBytes(model)[..500]);
                break;
            case "golden":
                NamedTensor answer = TensorFile.Read(logits, 1 << 20);
                float[] others = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(answer.Bytes.Span).ToArray();
                others[1] += 1;
                TensorFile.Write(logits, answer with { Bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(others.AsSpan()).ToArray() });
                break;
            case "hostile":
                TensorFile.Write(logits, new NamedTensor("logits", ElementType.Float, [long.MaxValue, long.MaxValue], new byte[24]));
                break;
            case "none":
                File.Move(model, Path.Combine(folder, "other.onnx"));
                break;
        }
    }

    private static async Task UntilAsync(Func<bool> done)
    {
        using CancellationTokenSource late = new(Patience);
        while (!done())
            await Task.Delay(1, late.Token);
    }

    private ServeOptions Options(TimeSpan watch, params string[] models) =>
        new() { Models = [.. models.Select(ModelChoice.Parse)], Port = 0, CacheFolder = _shelf.Cache, Threads = 1, Watch = watch };

    private Task<TestHost> StartAsync(
        TimeSpan watch, IArtifactStore? store = null, Func<ModelFile, IClipClassifier>? load = null, Action<IServiceCollection>? services = null, List<string>? log = null, string[]? models = null) =>
        TestHost.StartAsync(_ => Options(watch, models ?? ["onnx/tiny:latest"]), store ?? _shelf.Store, load, added =>
        {
            services?.Invoke(added);
            if (log is not null)
                added.AddLogging(logging => logging.AddProvider(new ListLog(log)));
        });

    /// <summary>Gives frames at once, whatever the file.</summary>
    private sealed class ReadyFrames : IClipDecoder
    {
        public Task<DecodedClip> DecodeAsync(Stream video, string name, ClipPreparation preparation, CancellationToken ct) =>
            Task.FromResult(new DecodedClip(new VideoInfo(new FrameSize(16, 16), 4, 25, TimeSpan.FromSeconds(.16), 0, "fake", "rgb24"), new ViewSet(new byte[4 * 16 * 16 * 3], 1, 4, 16)));

        public IAsyncEnumerable<ClipWindow> DecodeWindowsAsync(Stream video, string name, ClipPreparation preparation, TimeSpan? hop, CancellationToken ct) => throw new NotSupportedException();
    }

    private sealed class ListLog(List<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (lines)
                lines.Add(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}

/// <summary>A store that can give out, and counts.</summary>
public class FlakyStore : DispatchProxy
{
    private IArtifactStore _store = null!;
    private int _refused, _opened;

    public bool Out { get; set; }

    public Exception Problem { get; set; } = new StoreUnreachableException("the store", "the wire is cut");

    public int Refused => Volatile.Read(ref _refused);

    public int Opened => Volatile.Read(ref _opened);

    public static IArtifactStore Over(IArtifactStore store, out FlakyStore flaky)
    {
        IArtifactStore proxy = Create<IArtifactStore, FlakyStore>();
        flaky = (FlakyStore)(object)proxy;
        flaky._store = store;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (Out && targetMethod!.Name == nameof(IArtifactStore.FindAsync))
        {
            Interlocked.Increment(ref _refused);
            return Task.FromException<ArtifactRef?>(Problem);
        }

        if (targetMethod!.Name == nameof(IArtifactStore.OpenAsync))
            Interlocked.Increment(ref _opened);
        return targetMethod.Invoke(_store, args);
    }
}
