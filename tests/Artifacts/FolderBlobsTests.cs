using Unreel.Artifacts.Blobs;
using Unreel.Testing;

namespace Unreel.Artifacts.Tests;

/// <summary>What only a folder can suffer: full disks, killed writers, wrong paths.</summary>
public sealed class FolderBlobsTests(TemporaryFolder files) : IClassFixture<TemporaryFolder>
{
    private const int NoSpaceLeft = 28;
    private static readonly CancellationToken Ct = CancellationToken.None;
    private readonly string _folder = files.File(Guid.NewGuid().ToString("n"));

    [Fact]
    public async Task A_full_disk_leaves_nothing_half_written()
    {
        FolderBlobs blobs = new(_folder, new()) { OpenTemporary = path => new FullDisk(path, room: 1000) };
        ArtifactStore store = new(blobs);

        StoreException e = await Assert.ThrowsAsync<StoreException>(() => store.AddBytesAsync(new byte[300_000], "x/y", "a", Ct));

        Assert.Contains("No space left", e.Message, StringComparison.Ordinal);
        Assert.Contains(_folder, e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task What_a_killed_writer_left_is_removed_once_it_is_old_and_nobodys()
    {
        FakeTimeProvider time = new();
        string tmp = Path.Combine(_folder, "tmp");
        Directory.CreateDirectory(tmp);
        string Part(string name, TimeSpan age)
        {
            string file = Path.Combine(tmp, name + ".part");
            File.WriteAllText(file, "half");
            File.SetLastWriteTimeUtc(file, (time.GetUtcNow() - age).UtcDateTime);
            return file;
        }

        string old = Part("old", TimeSpan.FromHours(2));
        string young = Part("young", TimeSpan.FromMinutes(5));
        string held = Part("held", TimeSpan.FromHours(2));
        using (new FileStream(held, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            await new ArtifactStore(new FolderBlobs(_folder, new() { Time = time })).WriteRecordAsync("x", "x"u8.ToArray(), Ct);

        Assert.False(File.Exists(old));
        Assert.True(File.Exists(young));
        Assert.True(File.Exists(held));
    }

    [Fact]
    public async Task A_file_that_changes_while_it_is_stored_is_not_stored()
    {
        string file = files.File("changing.bin");
        await File.WriteAllTextAsync(file, "before", Ct);
        BlobSource source = await BlobSource.OfFileAsync(file, Ct);
        await File.WriteAllTextAsync(file, "after!", Ct);
        FolderBlobs blobs = new(_folder, new());

        StoreException e = await Assert.ThrowsAsync<StoreException>(() => blobs.PutAsync(StorePaths.Blob(source.Digest), source, Ct));

        Assert.Contains(file, e.Message, StringComparison.Ordinal);
        Assert.Null(await blobs.SizeAsync(StorePaths.Blob(source.Digest), Ct));
    }

    [Fact]
    public async Task A_store_that_is_a_file_cannot_be_reached()
    {
        string file = files.File("a-file");
        await File.WriteAllTextAsync(file, "x", Ct);
        ArtifactStore store = ArtifactStores.Open(file);

        StoreUnreachableException e = await Assert.ThrowsAsync<StoreUnreachableException>(() => store.AddBytesAsync("x"u8.ToArray(), "x/y", "a", Ct));

        Assert.Contains(file, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_to_add_that_is_not_there_is_named()
    {
        StoreException e = await Assert.ThrowsAsync<StoreException>(
            () => ArtifactStores.Open(_folder).AddFileAsync("/nowhere/x.bin", "x/y", "a", Ct));

        Assert.Contains("/nowhere/x.bin", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tag_held_by_another_process_is_waited_for_and_then_given_up()
    {
        FakeTimeProvider time = new() { FiresAtOnce = _ => true };
        FolderBlobs blobs = new(_folder, new() { Time = time, LockTimeout = TimeSpan.FromSeconds(1) });
        FolderLocks other = new(Path.Combine(_folder, "locks"), new());
        using IDisposable held = await other.AcquireAsync("tags/clips/x/latest", Ct);

        StoreException e = await Assert.ThrowsAsync<StoreException>(() => blobs.TrySwapAsync("tags/clips/x/latest", "x"u8.ToArray(), null, Ct));

        Assert.Contains("locked", e.Message, StringComparison.Ordinal);
        Assert.NotEmpty(time.Jumps);
    }

    [Fact]
    public async Task A_mended_blob_needs_no_other_process_to_have_seen_the_damage()
    {
        ArtifactStore store = ArtifactStores.Open(_folder);
        Descriptor blob = await store.AddBytesAsync("right"u8.ToArray(), "x/y", "a", Ct);
        await File.WriteAllTextAsync(Path.Combine(_folder, StorePaths.Blob(blob.Digest)), "wrong", Ct);

        await ArtifactStores.Open(_folder).AddBytesAsync("right"u8.ToArray(), "x/y", "a", Ct);

        using StreamReader reader = new(await store.OpenAsync(blob, Ct));
        Assert.Equal("right", await reader.ReadToEndAsync(Ct));
    }

    [Fact]
    public async Task What_a_killed_collection_had_set_aside_is_back_before_anything_is_verified()
    {
        ArtifactStore store = ArtifactStores.Open(_folder);
        Descriptor file = await store.AddBytesAsync("x"u8.ToArray(), "x/y", "a", Ct);
        ArtifactRef artifact = await store.PublishAsync(ArtifactKind.Clips, "x", new() { Stage = "put" }, [file], Ct);
        foreach (string path in (string[])[StorePaths.Manifest(artifact), StorePaths.Blob(file.Digest)])
        {
            string aside = Path.Combine(_folder, "trash", path);
            Directory.CreateDirectory(Path.GetDirectoryName(aside)!);
            File.Move(Path.Combine(_folder, path), aside);
        }

        List<Verified> all = [];
        await foreach (Verified found in store.VerifyAllAsync(deep: true, Ct))
            all.Add(found);

        Verified one = Assert.Single(all);
        Assert.Equal(artifact.ToString(), one.Name);
        Assert.Empty(one.Problems);
        Assert.True(File.Exists(Path.Combine(_folder, StorePaths.Blob(file.Digest))));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_folder, "trash"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_time_far_ahead_is_touched_and_never_turned_back()
    {
        FakeTimeProvider time = new();
        FolderBlobs blobs = new(_folder, new() { Time = time });
        await blobs.WriteAsync("blobs/x", "x"u8.ToArray(), Ct);
        DateTimeOffset ahead = time.GetUtcNow() + TimeSpan.FromDays(1);
        File.SetLastWriteTimeUtc(Path.Combine(_folder, "blobs/x"), ahead.UtcDateTime);
        BlobEntry listed = (await blobs.FindAsync("blobs/x", Ct))!.Value;

        Assert.NotNull(await blobs.FindToKeepAsync("blobs/x", Ct));

        BlobEntry kept = (await blobs.FindAsync("blobs/x", Ct))!.Value;
        Assert.True(kept.Modified > listed.Modified, $"{kept.Modified:o} is not after {listed.Modified:o}");
        Assert.False(await blobs.TryCollectAsync(listed, Ct));
    }

    private sealed class FullDisk(string path, int room) : FileStream(path, FileMode.CreateNew)
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            Length + buffer.Length <= room
                ? base.WriteAsync(buffer, cancellationToken)
                : throw new IOException($"No space left on device : '{Name}'", NoSpaceLeft);
    }
}
