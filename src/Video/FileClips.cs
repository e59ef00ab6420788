using Unreel.Video.Native;

namespace Unreel.Video;

/// <summary>
/// Video files, each opened when it is read. What was learned of a file's frames is kept, so that later readings neither
/// scan nor count again; a file that changes after that is noticed by its length or time and learned anew.
/// </summary>
internal sealed class FileClips(string root, IReadOnlyList<ClipItem> items, IReadOnlyList<string> labels) : IClipSource, IFrameVisits, IVectorVisits
{
    private readonly Lock _gate = new();
    private readonly Known?[] _known = new Known?[items.Count];

    /// <inheritdoc/>
    public IReadOnlyList<ClipItem> Items => items;

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => labels;

    /// <inheritdoc/>
    public int FrameCount(int index)
    {
        if (Find(index) is { } known)
            return known.Frames;

        using VideoReader reader = Open(index);
        return reader.Info.FrameCount;
    }

    /// <inheritdoc/>
    public Clip Read(int index, ReadOnlySpan<int> frames, FrameSize? size, CancellationToken ct)
    {
        using VideoReader reader = Open(index);
        return reader.Read(frames, size, ct);
    }

    /// <inheritdoc/>
    public void Visit(int index, ReadOnlySpan<int> frames, SizedFrameVisitor visitor, CancellationToken ct)
    {
        using VideoReader reader = Open(index);
        reader.Visit(frames, (position, rgb) => visitor(position, rgb, reader.Info.Size), ct, last: true);
    }

    /// <inheritdoc/>
    public void Visit(int index, ReadOnlySpan<int> frames, MovingFrameVisitor visitor, CancellationToken ct)
    {
        using VideoReader reader = Open(index, motion: true);
        reader.Visit(frames, visitor, ct);
    }

    /// <inheritdoc/>
    public string? WhyNoVectors(int index, CancellationToken ct)
    {
        using VideoReader reader = Open(index, motion: true);
        return reader.HasVectors(ct)
            ? null
            : $"clips: '{items[index].Name}' has no motion vectors: its codec {reader.Info.Codec} gives none, or all of it is coded frame by frame; mask 'motion-flow' works without them.";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Known? known in _known)
            known?.Index.Dispose();
    }

    private string FullPath(int index) => Path.Combine(root, items[index].Name);

    private VideoReader Open(int index, bool motion = false)
    {
        string path = FullPath(index);
        Known? known = Find(index);
        var reader = VideoReader.Open(path, NativeLimits.From(VideoLimits.Default, motion: motion), known?.Index ?? IndexHandle.None);
        if (known is null)
            Keep(index, new Known(Stamp(path), reader.Info.FrameCount, reader.ShareIndex()));
        return reader;
    }

    private Known? Find(int index)
    {
        Known? known;
        lock (_gate)
            known = _known[index];
        return known is not null && known.Stamp == Stamp(FullPath(index)) ? known : null;
    }

    // Of two threads that learned the same, the first is kept: others may be opening readers with it by now. One of a file
    // that has changed since is let go of for the same reason, and released once no one holds it.
    private void Keep(int index, Known known)
    {
        bool late;
        lock (_gate)
        {
            late = _known[index]?.Stamp == known.Stamp;
            if (!late)
                _known[index] = known;
        }

        if (late)
            known.Index.Dispose();
    }

    private static (long Length, DateTime Time) Stamp(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? (file.Length, file.LastWriteTimeUtc) : default;
    }

    private sealed record Known((long Length, DateTime Time) Stamp, int Frames, IndexHandle Index);
}
