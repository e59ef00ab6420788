using Unreel.Video;

namespace Unreel.Synthesize.Tests;

/// <summary>Stands for real videos: number n has 6 + n frames, wider than high, every pixel of a frame the frame's number and the video's.</summary>
internal sealed class TestClips(int count) : IClipSource
{
    private static readonly FrameSize Size = new(24, 16);

    public bool IsDisposed { get; private set; }

    public IReadOnlyList<ClipItem> Items => [.. Enumerable.Range(0, count).Select(index => new ClipItem($"{index}.mp4", -1))];

    public IReadOnlyList<string> Labels => [];

    public int FrameCount(int index) => 6 + index;

    public Clip Read(int index, ReadOnlySpan<int> frames, FrameSize? size, CancellationToken ct)
    {
        Clip clip = new(frames.Length, size ?? Size);
        for (int i = 0; i < frames.Length; i++)
            clip.Frame(i).Fill((byte)((index * 16) + frames[i]));

        return clip;
    }

    public void Dispose() => IsDisposed = true;
}
