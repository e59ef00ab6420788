using Unreel.Video;

namespace Unreel.Modeling.Tests;

public sealed class RememberedClipsTests
{
    private const long VideoBytes = 6 * 4 * 4 * 3;

    [Fact]
    public void Frames_are_the_same_as_without_memory()
    {
        using var plain = new CountedVideos();
        using var remembered = new RememberedClips(plain, long.MaxValue);

        for (int round = 0; round < 2; round++)
            Assert.Equal(plain.Read(1, [0, 2, 2, 5], null, default).Pixels, remembered.Read(1, [0, 2, 2, 5], null, default).Pixels);
    }

    [Theory]
    [InlineData(2 * VideoBytes, 4)] // both fit: the first frame for the size and the whole, once each
    [InlineData(VideoBytes, 12)] // one fits; the other's size is asked for once and its frames every time
    [InlineData(0, 22)] // nothing fits
    public void What_fits_is_read_once(long budget, int reads)
    {
        using var videos = new CountedVideos();
        using var remembered = new RememberedClips(videos, budget);

        for (int round = 0; round < 10; round++)
        {
            remembered.Read(0, [1], null, default);
            remembered.Read(1, [1], null, default);
        }

        Assert.InRange(videos.Reads, reads, reads + 1);
    }

    [Fact]
    public void A_damaged_frame_nobody_asks_for_stops_nothing()
    {
        using var videos = new CountedVideos { Damaged = 5 };
        using var remembered = new RememberedClips(videos, long.MaxValue);

        Assert.Equal(1, remembered.Read(0, [1], null, default).Frames);
        Assert.Throws<VideoException>(() => remembered.Read(0, [5], null, default));
    }

    private sealed class CountedVideos : IClipSource
    {
        public int Reads { get; private set; }

        public int Damaged { get; init; } = -1;

        public IReadOnlyList<ClipItem> Items { get; } = [new("a", 0), new("b", 1)];

        public IReadOnlyList<string> Labels { get; } = ["x", "y"];

        public int FrameCount(int index) => 6;

        public Clip Read(int index, ReadOnlySpan<int> frames, FrameSize? size, CancellationToken ct)
        {
            Reads++;
            var clip = new Clip(frames.Length, new FrameSize(4, 4));
            for (int frame = 0; frame < frames.Length; frame++)
                clip.Frame(frame).Fill(frames[frame] == Damaged ? throw new VideoException("damaged") : (byte)((index * 10) + frames[frame]));
            return clip;
        }

        public void Dispose()
        {
        }
    }
}
