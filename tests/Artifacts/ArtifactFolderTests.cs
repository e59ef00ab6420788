using System.Runtime.Versioning;
using Unreel.Artifacts.Blobs;
using Unreel.Testing;

namespace Unreel.Artifacts.Tests;

/// <summary>Whole artifacts in and out of folders.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ArtifactFolderTests(TemporaryFolder files) : IClassFixture<TemporaryFolder>
{
    private static readonly CancellationToken Ct = CancellationToken.None;
    private static readonly Lineage Brought = new() { Stage = "put" };
    private readonly string _root = files.File(Guid.NewGuid().ToString("n"));

    private string Source => Path.Combine(_root, "source");

    private string Target => Path.Combine(_root, "target");

    private async Task<(ArtifactStore Store, Artifact Artifact)> PublishAsync()
    {
        Directory.CreateDirectory(Path.Combine(Source, "walk"));
        await File.WriteAllTextAsync(Path.Combine(Source, "walk", "a.avi"), "video a", Ct);
        await File.WriteAllTextAsync(Path.Combine(Source, "walk", "b.avi"), "video b", Ct);
        await File.WriteAllTextAsync(Path.Combine(Source, "labels.txt"), "walk", Ct);
        ArtifactStore store = ArtifactStores.Open(Path.Combine(_root, "store"));
        ArtifactRef reference = await ArtifactFolder.AddFolderAsync(store, ArtifactKind.Clips, "mine", Brought, Source, mediaType: null, Ct);
        return (store, await store.ReadAsync(reference, Ct));
    }

    private static string[] Listing(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f)).Order(StringComparer.Ordinal)];

    [Fact]
    public async Task A_folder_goes_in_and_comes_out()
    {
        (ArtifactStore store, Artifact artifact) = await PublishAsync();

        string folder = await ArtifactFolder.FetchAsync(store, artifact, Target, Ct);

        Assert.Equal([ArtifactFolder.Marker, "labels.txt", "walk/a.avi", "walk/b.avi"], Listing(folder));
        Assert.Equal("video b", await File.ReadAllTextAsync(Path.Combine(folder, "walk/b.avi"), Ct));
        Assert.Equal([Target], Directory.GetDirectories(_root, "*target*"));
    }

    [Fact]
    public async Task A_fetched_folder_published_again_is_the_same_artifact()
    {
        (ArtifactStore store, Artifact artifact) = await PublishAsync();
        await ArtifactFolder.FetchAsync(store, artifact, Target, Ct);

        Assert.Equal(artifact.Reference, await ArtifactFolder.AddFolderAsync(store, ArtifactKind.Clips, "mine", Brought, Target, mediaType: null, Ct));
    }

    [Fact]
    public async Task A_complete_folder_needs_no_store()
    {
        (ArtifactStore store, Artifact artifact) = await PublishAsync();
        await ArtifactFolder.FetchAsync(store, artifact, Target, Ct);
        Directory.Delete(Path.Combine(_root, "store"), recursive: true);

        Assert.Equal(Target, await ArtifactFolder.FetchAsync(store, artifact, Target, Ct));
    }

    [Fact]
    public async Task Lost_and_changed_files_are_fetched_anew()
    {
        (ArtifactStore store, Artifact artifact) = await PublishAsync();
        await ArtifactFolder.FetchAsync(store, artifact, Target, Ct);
        File.Delete(Path.Combine(Target, "labels.txt"));
        string changed = Path.Combine(Target, "walk/a.avi");
        await File.WriteAllTextAsync(changed, "VIDEO A", Ct);
        File.SetLastWriteTimeUtc(changed, File.GetLastWriteTimeUtc(Path.Combine(Target, ArtifactFolder.Marker)).AddSeconds(1));
        await File.WriteAllTextAsync(Path.Combine(Target, "notes.txt"), "mine", Ct);

        await ArtifactFolder.FetchAsync(store, artifact, Target, Ct);

        Assert.Equal("video a", await File.ReadAllTextAsync(changed, Ct));
        Assert.Equal("walk", await File.ReadAllTextAsync(Path.Combine(Target, "labels.txt"), Ct));
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(Target, "notes.txt"), Ct));
    }

    [Fact]
    public async Task A_folder_with_something_else_in_it_is_left_alone()
    {
        (ArtifactStore store, Artifact artifact) = await PublishAsync();
        Directory.CreateDirectory(Target);
        await File.WriteAllTextAsync(Path.Combine(Target, "thesis.txt"), "mine", Ct);

        StoreException e = await Assert.ThrowsAsync<StoreException>(() => ArtifactFolder.FetchAsync(store, artifact, Target, Ct));

        Assert.Contains(Target, e.Message, StringComparison.Ordinal);
        Assert.Equal(["thesis.txt"], Listing(Target));
    }

    [Fact]
    public async Task A_damaged_store_gives_no_folder_and_a_later_fetch_takes_up_what_was_good()
    {
        (ArtifactStore store, Artifact artifact) = await PublishAsync();
        Descriptor last = artifact.Manifest.Layers[^1];
        string blob = Path.Combine(_root, "store", StorePaths.Blob(last.Digest));
        string good = await File.ReadAllTextAsync(blob, Ct);
        await File.WriteAllTextAsync(blob, "VIDEO B", Ct);
        await Assert.ThrowsAsync<DigestMismatchException>(() => ArtifactFolder.FetchAsync(store, artifact, Target, Ct));
        Assert.False(Directory.Exists(Target));

        await File.WriteAllTextAsync(blob, good, Ct);
        File.Delete(Path.Combine(_root, "store", StorePaths.Blob(artifact.Manifest.Layers[0].Digest)));
        await ArtifactFolder.FetchAsync(store, artifact, Target, Ct);

        Assert.Equal(4, Listing(Target).Length);
    }

    [Fact]
    public async Task Fetchers_of_one_artifact_to_one_place_agree()
    {
        (ArtifactStore store, Artifact artifact) = await PublishAsync();

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => ArtifactFolder.FetchAsync(store, artifact, Target, Ct))));

        Assert.Equal(4, Listing(Target).Length);
        Assert.Equal([Target], Directory.GetDirectories(_root, "*target*"));
    }

    [Fact]
    public async Task Folders_that_are_absent_or_empty_or_lead_elsewhere_are_refused()
    {
        ArtifactStore store = ArtifactStores.Open(Path.Combine(_root, "store"));
        Task Add() => ArtifactFolder.AddFolderAsync(store, ArtifactKind.Clips, "mine", Brought, Source, mediaType: null, Ct);

        await Assert.ThrowsAsync<StoreException>(Add);
        Directory.CreateDirectory(Source);
        await Assert.ThrowsAsync<StoreException>(Add);
        Directory.CreateSymbolicLink(Path.Combine(Source, "loop"), Source);
        StoreException e = await Assert.ThrowsAsync<StoreException>(Add);
        Assert.Contains("loop", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_that_lead_out_of_the_folder_are_refused_and_others_followed()
    {
        ArtifactStore store = ArtifactStores.Open(Path.Combine(_root, "store"));
        Directory.CreateDirectory(Source);
        await File.WriteAllTextAsync(Path.Combine(Source, "a.txt"), "a", Ct);
        File.CreateSymbolicLink(Path.Combine(Source, "b.txt"), "a.txt");
        ArtifactRef added = await ArtifactFolder.AddFolderAsync(store, ArtifactKind.Clips, "mine", Brought, Source, mediaType: null, Ct);
        Assert.Equal(["a.txt", "b.txt"], (await store.ReadAsync(added, Ct)).Manifest.Layers.Select(layer => layer.Title));

        string secret = Path.Combine(_root, "secret.txt");
        await File.WriteAllTextAsync(secret, "secret", Ct);
        File.CreateSymbolicLink(Path.Combine(Source, "c.txt"), "../" + Path.GetRelativePath(Path.GetDirectoryName(Source)!, secret));
        StoreException e = await Assert.ThrowsAsync<StoreException>(
            () => ArtifactFolder.AddFolderAsync(store, ArtifactKind.Clips, "mine", Brought, Source, mediaType: null, Ct));

        Assert.Contains("c.txt", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pipes_and_devices_are_refused_and_empty_files_are_not()
    {
        ArtifactStore store = ArtifactStores.Open(Path.Combine(_root, "store"));
        Directory.CreateDirectory(Source);
        await File.WriteAllTextAsync(Path.Combine(Source, "empty.txt"), string.Empty, Ct);
        await store.AddFileAsync(Path.Combine(Source, "empty.txt"), "x/y", "empty.txt", Ct);
        string pipe = Path.Combine(Source, "pipe");
        using (System.Diagnostics.Process made = System.Diagnostics.Process.Start("mkfifo", [pipe]))
            await made.WaitForExitAsync(Ct);

        foreach (string file in (string[])[pipe, "/dev/zero"])
        {
            StoreException e = await Assert.ThrowsAsync<StoreException>(() => store.AddFileAsync(file, "x/y", "a", Ct));
            Assert.Contains(file, e.Message, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<StoreException>(() => ArtifactFolder.AddFolderAsync(store, ArtifactKind.Clips, "mine", Brought, Source, mediaType: null, Ct));
    }

    [Fact]
    public async Task A_linked_blob_can_be_read_by_nobody_new()
    {
        (ArtifactStore store, Artifact artifact) = await PublishAsync();
        string[] blobs = [.. artifact.Manifest.Layers.Select(layer => Path.Combine(_root, "store", StorePaths.Blob(layer.Digest)))];
        foreach (string blob in blobs)
            File.SetUnixFileMode(blob, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        await ArtifactFolder.FetchLinkedAsync(store, artifact, Target, progress: null, Ct);

        Assert.All(blobs, blob => Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(blob)));
    }
}
