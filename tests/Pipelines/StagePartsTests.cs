using Unreel.Artifacts;
using Unreel.Testing;

namespace Unreel.Pipelines.Tests;

/// <summary>Parts of stages in the store, and what is brought of them.</summary>
public sealed class StagePartsTests : IDisposable
{
    private static readonly Digest Key = Digest.Of("key"u8);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Files_that_lie_there_with_other_bytes_are_replaced()
    {
        StageParts parts = Parts();
        await StoreAsync(parts, 0, "one");
        (IReadOnlyList<PartFile> files, _) = await parts.FindSetAsync(Key, 1, default);
        string there = _folder.File("there", "file");
        Directory.CreateDirectory(Path.GetDirectoryName(there)!);
        await File.WriteAllTextAsync(there, "two");

        await parts.BringAsync(files, _folder.File("there"), new Progress<StageProgress>(), default);

        Assert.Equal("one", await File.ReadAllTextAsync(there));
    }

    [Fact]
    public async Task Parts_that_differ_in_a_file_do_not_fit_together()
    {
        StageParts parts = Parts();
        await StoreAsync(parts, 0, "one", count: 2);
        await StoreAsync(parts, 1, "two", count: 2);

        PartsException e = await Assert.ThrowsAsync<PartsException>(() => parts.FindSetAsync(Key, 2, default));

        Assert.Contains("The part 1/2 has another file", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_that_could_not_be_read_again_is_not_written()
    {
        PartFile[] files = [.. Enumerable.Range(0, 5000).Select(index => new PartFile($"{index}{new string('x', 4000)}", Key, 1))];

        UsageException e = Assert.Throws<UsageException>(() => PartRecord.WriteList(files));

        Assert.Contains("more parts", e.Message, StringComparison.Ordinal);
        Assert.Equal(4000, PartRecord.ReadList(PartRecord.WriteList(files[..4000]), "The list").Count);
    }

    private StageParts Parts() => new(ArtifactStores.Open(_folder.File("store")));

    private async Task StoreAsync(StageParts parts, int index, string text, int count = 1)
    {
        string folder = _folder.File($"part{index}");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "file"), text);
        await parts.StoreAsync(Key, new StageShard(index, count), folder, ["file"], default);
    }
}
