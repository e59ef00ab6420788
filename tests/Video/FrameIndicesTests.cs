namespace Unreel.Video.Tests;

public class FrameIndicesTests
{
    [Fact]
    public void Train_starts_anywhere_that_fits()
    {
        var starts = new HashSet<int>();
        for (ulong i = 0; i < 200; i++)
        {
            var random = new RandomStream(0, "start", i);
            int[] frames = FrameIndices.Train(70, 16, 4, ref random);
            Assert.Equal(Enumerable.Range(0, 16).Select(step => frames[0] + (4 * step)), frames);
            starts.Add(frames[0]);
        }

        Assert.Equal(Enumerable.Range(0, 70 - 60), starts.Order());
    }

    [Fact]
    public void Train_repeats_the_last_frame_of_the_grid_of_a_short_video()
    {
        var random = new RandomStream(0, "start", 0);
        Assert.Equal([0, 4, 8, 8, 8], FrameIndices.Train(10, 5, 4, ref random));
        Assert.Equal([0, 0, 0], FrameIndices.Train(1, 3, 4, ref random));
    }

    [Fact]
    public void Test_spreads_clips_over_the_strided_video()
    {
        Assert.Equal([0, 4, 8, 12], FrameIndices.Test(100, 4, 4, 0, 3));
        Assert.Equal([40, 44, 48, 52], FrameIndices.Test(100, 4, 4, 1, 3));
        Assert.Equal([84, 88, 92, 96], FrameIndices.Test(100, 4, 4, 2, 3));
        Assert.Equal([40, 44, 48, 52], FrameIndices.Test(100, 4, 4, 0, 1));
        Assert.Equal([0, 4, 8, 8], FrameIndices.Test(10, 4, 4, 2, 3));
    }

    [Fact]
    public void Segments_cover_the_whole_video()
    {
        Assert.Equal([5, 15, 25, 35], FrameIndices.Segments(40, 4, 0, 1));
        Assert.Equal([2, 12, 22, 32], FrameIndices.Segments(40, 4, 0, 2));
        Assert.Equal([7, 17, 27, 37], FrameIndices.Segments(40, 4, 1, 2));
        Assert.Equal([0, 0, 1, 1], FrameIndices.Segments(2, 4, 0, 1));
        var random = new RandomStream(0, "phase", 0);
        for (int i = 0; i < 100; i++)
        {
            int[] frames = FrameIndices.Segments(40, 4, ref random);
            Assert.InRange(frames[0], 0, 9);
            Assert.InRange(frames[3], 30, 39);
        }
    }

    [Fact]
    public void Everything_stays_inside_the_video()
    {
        var random = new RandomStream(0, "any", 0);
        for (int i = 0; i < 2000; i++)
        {
            int count = random.NextInt(1, 200), frames = random.NextInt(1, 40), stride = random.NextInt(1, 9), clips = random.NextInt(1, 6), clip = random.NextInt(clips);
            foreach (int[] indices in (int[][])[FrameIndices.Train(count, frames, stride, ref random), FrameIndices.Test(count, frames, stride, clip, clips), FrameIndices.Segments(count, frames, clip, clips), FrameIndices.Segments(count, frames, ref random)])
            {
                Assert.Equal(frames, indices.Length);
                Assert.All(indices, index => Assert.InRange(index, 0, count - 1));
                Assert.Equal(indices.Order(), indices);
            }
        }
    }

    [Fact]
    public void Nonsense_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameIndices.Test(0, 4, 1, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameIndices.Test(10, 0, 1, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameIndices.Test(10, 4, 0, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameIndices.Test(10, 4, 1, 1, 1));
    }
}
