using Unreel.Testing;
using static Unreel.Artifacts.Tests.FaultyTransport;

namespace Unreel.Artifacts.Tests;

/// <summary>Uploads and moves over a real Azurite, with faults between.</summary>
[NeedsAzurite]
[Collection(AzuriteTests.Name)]
public sealed class UploadTests(SharedAzurite azurite, TemporaryFolder files) : IClassFixture<TemporaryFolder>
{
    private const int Block = 1 << 16;
    private static readonly CancellationToken Ct = CancellationToken.None;

    private static bool IsBlock(Azure.Core.Request request) => request.Uri.Query.Contains("comp=block&", StringComparison.Ordinal);

    private string FileOf(int bytes)
    {
        byte[] content = new byte[bytes];
        for (int i = 0; i < bytes; i++)
            content[i] = (byte)((i * 31) ^ (i >> 8));

        string file = files.File($"{Guid.NewGuid():n}.bin");
        File.WriteAllBytes(file, content);
        return file;
    }

    private static ArtifactStore Open(string uri, FaultyTransport transport) => ArtifactStores.Open(
        uri, new() { Transport = transport, BlockBytes = Block, ParallelBlocks = 1, RetryDelay = TimeSpan.FromMilliseconds(1) });

    [StoreFact]
    public async Task An_upload_that_was_killed_is_taken_up()
    {
        const int Blocks = 10;
        string uri = azurite.Running.NewUri();
        string file = FileOf((Blocks * Block) - 5);
        int sent = 0;
        ArtifactStore killed = Open(uri, new((r, _) => !IsBlock(r) || sent++ < 6 ? new Act.Pass() : new Act.Answer(400)));
        await Assert.ThrowsAsync<StoreException>(() => killed.AddFileAsync(file, "application/octet-stream", "a", Ct));

        int resent = 0;
        ArtifactStore again = Open(uri, new((r, _) =>
        {
            resent += IsBlock(r) ? 1 : 0;
            return new Act.Pass();
        }));
        Descriptor blob = await again.AddFileAsync(file, "application/octet-stream", "a", Ct);

        // The first block went twice: its first sending found no container yet.
        Assert.Equal(Blocks - 5, resent);
        await using Stream stream = await again.OpenAsync(blob, Ct);
        Assert.Equal(blob.Digest, Digest.FromHash(await System.Security.Cryptography.SHA256.HashDataAsync(stream, Ct)));
    }

    [StoreFact]
    public async Task Uploaders_of_one_large_file_all_succeed()
    {
        string uri = azurite.Running.NewUri();
        string file = FileOf(5 * Block);
        ArtifactStore store = ArtifactStores.Open(uri, new() { BlockBytes = Block });

        Descriptor[] all = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => store.AddFileAsync(file, "x/y", "a", Ct))));

        Assert.Single(all.Select(d => d.Digest).Distinct());
        await using Stream stream = await store.OpenAsync(all[0], Ct);
        await stream.CopyToAsync(Stream.Null, Ct);
    }

    [StoreFact]
    public async Task A_writer_whose_answer_was_lost_still_knows_that_it_won()
    {
        string uri = azurite.Running.NewUri();
        bool lose = false;
        ArtifactStore store = Open(uri, new((r, _) =>
        {
            bool now = lose && r.Method == Azure.Core.RequestMethod.Put;
            lose &= !now;
            return now ? new Act.LoseAnswer() : new Act.Pass();
        }));
        ArtifactRef artifact = await store.PublishAsync(ArtifactKind.Clips, "x", new() { Stage = "put" }, [await store.AddBytesAsync("x"u8.ToArray(), "x/y", "x", Ct)], Ct);

        lose = true;
        Assert.True(await store.TryMoveTagAsync(artifact.Kind, "x", "latest", artifact.Digest, null, Ct));
        Assert.False(lose);
        Assert.False(await store.TryMoveTagAsync(artifact.Kind, "x", "latest", artifact.Digest, null, Ct));
    }

    [StoreFact]
    public async Task A_read_that_breaks_goes_on_where_it_was()
    {
        string uri = azurite.Running.NewUri();
        int reads = 0;
        ArtifactStore store = Open(uri, new((r, _) => r.Method == Azure.Core.RequestMethod.Get && reads++ % 2 == 1 ? new Act.Break() : new Act.Pass()));
        Descriptor blob = await store.AddFileAsync(FileOf(4 * Block), "x/y", "a", Ct);
        reads = 0;

        await using Stream stream = await store.OpenAsync(blob, Ct);
        await stream.CopyToAsync(Stream.Null, Ct);

        Assert.True(reads > 4);
    }
}
