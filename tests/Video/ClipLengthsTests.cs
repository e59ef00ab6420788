namespace Unreel.Video.Tests;

public sealed class ClipLengthsTests
{
    [Fact]
    public void The_first_video_that_is_too_short_is_named_whatever_the_order_of_looking()
    {
        using Lengths source = new(9, 8, 3, 9, 2);

        VideoException error = Assert.Throws<VideoException>(() => ClipLengths.Require(source, 4, null, CancellationToken.None));

        Assert.Equal("clips: 'v2' has 3 frames; at least 4 are needed.", error.Message);
    }

    [Fact]
    public void Every_video_is_looked_at_and_told()
    {
        using Lengths source = new([.. Enumerable.Repeat(4, 50)]);
        int most = 0;

        ClipLengths.Require(source, 4, looked => Interlocked.Exchange(ref most, Math.Max(most, looked)), CancellationToken.None);

        Assert.Equal(50, source.Looked);
        Assert.InRange(most, 1, 50);
    }

    [Fact]
    public void Looking_is_cancelled()
    {
        using Lengths source = new([.. Enumerable.Repeat(4, 50)]);

        Assert.ThrowsAny<OperationCanceledException>(() => ClipLengths.Require(source, 4, null, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void No_videos_is_said()
    {
        using Lengths source = new();

        Assert.Throws<VideoException>(() => ClipLengths.Require(source, 4, null, CancellationToken.None));
    }

    private sealed class Lengths(params int[] lengths) : IClipSource
    {
        private int _looked;

        public int Looked => _looked;

        public IReadOnlyList<ClipItem> Items { get; } = [.. lengths.Select((_, index) => new ClipItem($"v{index}", -1))];

        public IReadOnlyList<string> Labels => [];

        public int FrameCount(int index)
        {
            Interlocked.Increment(ref _looked);
            return lengths[index];
        }

        public Clip Read(int index, ReadOnlySpan<int> frames, FrameSize? size, CancellationToken ct) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
