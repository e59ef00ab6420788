namespace Unreel.Video.Tests;

/// <summary>Videos that have names and labels and nothing else.</summary>
internal sealed class NamedClips(IReadOnlyList<ClipItem> items, IReadOnlyList<string> labels) : IClipSource
{
    public IReadOnlyList<ClipItem> Items => items;

    public IReadOnlyList<string> Labels => labels;

    /// <summary>Class folders, by the folder in each name.</summary>
    public static NamedClips Of(params string[] names)
    {
        string[] labels = [.. names.Select(static name => name.Split('/')[0]).Distinct().Order(StringComparer.Ordinal)];
        return new NamedClips([.. names.Select(name => new ClipItem(name, Array.IndexOf(labels, name.Split('/')[0])))], labels);
    }

    public int FrameCount(int index) => 1;

    public Clip Read(int index, ReadOnlySpan<int> frames, FrameSize? size, CancellationToken ct) => new(frames.Length, size ?? new FrameSize(1, 1));

    public void Dispose()
    {
    }
}
