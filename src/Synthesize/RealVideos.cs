using Unreel.Synthesize.Scenes;
using Unreel.Video;

namespace Unreel.Synthesize;

/// <summary>
/// The real videos among those of a set: which of its videos they are, and which file each is. Files are taken in a random
/// order; all are used before one comes again.
/// </summary>
internal sealed class RealVideos
{
    private readonly IClipSource _files;
    private readonly Portion _portion;
    private readonly int[] _order;

    /// <summary>Decides the order.</summary>
    public RealVideos(IClipSource files, double share, ulong seed)
    {
        (_files, _portion) = (files, new Portion(share));
        _order = [.. Enumerable.Range(0, files.Items.Count)];
        RandomStream random = new(seed, "synthesis.real", 0);
        random.Shuffle(_order.AsSpan());
    }

    /// <summary>Whether a video of the set is a real one.</summary>
    public bool Has(int index) => _portion.Has(index);

    /// <summary>The length of a real video.</summary>
    public int FrameCount(int index) => _files.FrameCount(File(index));

    /// <summary>Frames of a real video, in a size or its own.</summary>
    public Clip Read(int index, ReadOnlySpan<int> frames, FrameSize? size, CancellationToken ct) => _files.Read(File(index), frames, size, ct);

    /// <summary>The square in the middle of a real video's frames, resized to the canvas.</summary>
    public void Render(int index, ReadOnlySpan<int> frames, FrameSize canvas, Span<byte> pixels)
    {
        Clip clip = Read(index, frames, null, CancellationToken.None);
        int side = Math.Min(clip.Size.Width, clip.Size.Height);
        CropBox middle = new((clip.Size.Width - side) / 2, (clip.Size.Height - side) / 2, side, side);
        Resizer.Resize(clip, middle, canvas).Pixels.CopyTo(pixels);
    }

    private int File(int index) => _order[_portion.CountBefore(index) % _order.Length];
}
