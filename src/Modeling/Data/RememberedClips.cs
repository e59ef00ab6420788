using Unreel.Video;

namespace Unreel.Modeling;

/// <summary>
/// Keeps whole videos in memory once they were read, as long as they fit, so that small sets are decoded once and not once an epoch.
/// What is delivered is the same either way.
/// </summary>
/// <param name="inner">The videos; not disposed of.</param>
/// <param name="budget">Bytes to keep at most.</param>
public sealed class RememberedClips(IClipSource inner, long budget) : IClipSource
{
    private readonly Lock[] _gates = [.. inner.Items.Select(_ => new Lock())];
    private readonly bool[] _decided = new bool[inner.Items.Count];
    private readonly Clip?[] _kept = new Clip?[inner.Items.Count];
    private long _left = budget;

    /// <inheritdoc/>
    public IReadOnlyList<ClipItem> Items => inner.Items;

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => inner.Labels;

    /// <inheritdoc/>
    public int FrameCount(int index) => inner.FrameCount(index);

    /// <inheritdoc/>
    public Clip Read(int index, ReadOnlySpan<int> frames, FrameSize? size, CancellationToken ct) =>
        size is null && Whole(index, ct) is { } whole ? Take(whole, frames) : inner.Read(index, frames, size, ct);

    /// <inheritdoc/>
    public void Dispose() => Array.Clear(_kept);

    private Clip? Whole(int index, CancellationToken ct)
    {
        lock (_gates[index])
        {
            if (!_decided[index])
                (_kept[index], _decided[index]) = (Load(index, ct), true);
            return _kept[index];
        }
    }

    private Clip? Load(int index, CancellationToken ct)
    {
        try
        {
            long bytes = (long)inner.Read(index, [0], null, ct).FrameBytes * inner.FrameCount(index);
            if (Interlocked.Add(ref _left, -bytes) >= 0 && bytes <= int.MaxValue)
                return inner.Read(index, [.. Enumerable.Range(0, inner.FrameCount(index))], null, ct);

            Interlocked.Add(ref _left, bytes);
            return null;
        }
        catch (VideoException)
        {
            // A damaged frame that training never asks for is no reason to stop; one that it asks for is told when it does.
            return null;
        }
    }

    private static Clip Take(Clip whole, ReadOnlySpan<int> frames)
    {
        var clip = new Clip(frames.Length, whole.Size);
        for (int frame = 0; frame < frames.Length; frame++)
            whole.Frame(frames[frame]).CopyTo(clip.Frame(frame));
        return clip;
    }
}
