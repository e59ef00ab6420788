using System.Formats.Tar;
using System.Globalization;
using System.Text;
using Unreel.Pipelines;

namespace Unreel.Synthesize.Files;

/// <summary>
/// Tar shards (POSIX ustar) of whole samples, as PyTorch's WebDataset reads them: for each video <c>NAME.mp4</c>,
/// <c>NAME.json</c> and, where there are labels, <c>NAME.cls</c>. A shard's videos lie beside it until it is whole.
/// </summary>
/// <param name="source">The videos.</param>
/// <param name="folder">Where shards go.</param>
/// <param name="shardSize">Videos a shard, at least 1; the last has what is left.</param>
internal sealed class ShardWriter(SynthesisSource source, string folder, int shardSize) : Mp4Writer(source, folder)
{
    /// <summary>How the names of shards begin.</summary>
    public const string Prefix = "clips-";

    // Videos that each shard still waits for.
    private readonly Dictionary<int, int> _open = [];

    /// <inheritdoc/>
    public override string Form => string.Create(CultureInfo.InvariantCulture, $"MP4 files in {Shards} tar shard{(Shards == 1 ? string.Empty : "s")}");

    private int Shards => ((Source.Items.Count - 1) / shardSize) + 1;

    /// <inheritdoc/>
    protected override int Units => Shards;

    /// <inheritdoc/>
    protected override int VideosIn(int unit) => VideosOf(unit).Count();

    /// <inheritdoc/>
    protected override IEnumerable<int> Missing(StageShard part)
    {
        foreach (int shard in part.Of(Shards))
        {
            // The videos of a finished shard are in it; killed between naming it and removing them, a run leaves both.
            if (File.Exists(ShardPath(shard)))
            {
                RemoveVideos(shard);
                continue;
            }

            int[] missing = [.. VideosOf(shard).Where(index => !File.Exists(PathOf(index)))];

            // One that only has to be packed asks for its last video again, which is then found to be there.
            int[] asked = missing.Length == 0 ? [VideosOf(shard).Last()] : missing;
            _open[shard] = asked.Length;
            foreach (int index in asked)
                yield return index;
        }
    }

    /// <inheritdoc/>
    protected override void Write(int index, CancellationToken ct)
    {
        if (!File.Exists(PathOf(index)))
            base.Write(index, ct);

        int shard = index / shardSize, left;
        lock (_open)
            left = --_open[shard];
        if (left == 0)
            Pack(shard, ct);
    }

    /// <inheritdoc/>
    protected override IEnumerable<string> Names() => base.Names().Concat(Enumerable.Range(0, Shards).Select(NameOf));

    /// <inheritdoc/>
    protected override IEnumerable<StageFile> FilesOf(int unit) => [new StageFile(ShardPath(unit), NameOf(unit), "application/x-tar")];

    private static string NameOf(int shard) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{shard:d6}.tar");

    private void Pack(int shard, CancellationToken ct)
    {
        WholeFile.Make(ShardPath(shard), part => WriteShard(shard, part, ct));
        RemoveVideos(shard);
    }

    private void WriteShard(int shard, string path, CancellationToken ct)
    {
        using FileStream file = new(path, FileMode.Create, FileAccess.Write);
        using TarWriter tar = new(file, TarEntryFormat.Ustar);
        foreach (int index in VideosOf(shard))
        {
            ct.ThrowIfCancellationRequested();
            Add(tar, index);
        }
    }

    private void Add(TarWriter tar, int index)
    {
        string stem = StemOf(index);
        using (FileStream video = File.OpenRead(PathOf(index)))
            Add(tar, stem + ".mp4", video);
        using (MemoryStream json = new(Sample.Json(Source, index)))
            Add(tar, stem + ".json", json);
        if (Source.Items[index].Label is >= 0 and var label)
        {
            using MemoryStream text = new(Encoding.ASCII.GetBytes(label.ToString(CultureInfo.InvariantCulture)));
            Add(tar, stem + ".cls", text);
        }
    }

    // Nothing of the machine or the moment goes into a header: equal videos give equal shards.
    private static void Add(TarWriter tar, string name, Stream content) => tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
    {
        DataStream = content,
        ModificationTime = DateTimeOffset.UnixEpoch,
        Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
        Uid = 0,
        Gid = 0,
        UserName = string.Empty,
        GroupName = string.Empty,
    });

    private void RemoveVideos(int shard)
    {
        foreach (int index in VideosOf(shard))
            File.Delete(PathOf(index));
    }

    private IEnumerable<int> VideosOf(int shard)
    {
        int first = shard * shardSize;
        return Enumerable.Range(first, Math.Min(shardSize, Source.Items.Count - first));
    }

    private string ShardPath(int shard) => Path.Combine(Folder, NameOf(shard));
}
