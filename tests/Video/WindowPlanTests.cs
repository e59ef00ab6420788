namespace Unreel.Video.Tests;

public sealed class WindowPlanTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(100, 4, 4, 1, null, ClipPreparation.StrideSampling)]
    [InlineData(100, 4, 4, 3, 8, ClipPreparation.StrideSampling)]
    [InlineData(100, 4, 4, 1, 6, ClipPreparation.StrideSampling)]
    [InlineData(61, 8, 2, 1, 1, ClipPreparation.StrideSampling)]
    [InlineData(100, 4, 2, 1, 30, ClipPreparation.StrideSampling)]
    [InlineData(5, 8, 2, 1, null, ClipPreparation.StrideSampling)]
    [InlineData(90, 4, 5, 1, 7, ClipPreparation.SegmentSampling)]
    public void Windows_of_one_pass_equal_those_read_one_by_one(int length, int frames, int stride, int crops, int? hop, string sampling)
    {
        string path = TestVideos.Write(_folder.File("film.mp4"), length);
        var preparation = new ClipPreparation { Frames = frames, Stride = stride, Size = 32, Crops = crops, Sampling = sampling };
        using var through = VideoReader.Open(path);
        var plan = new WindowPlan(preparation, through.Info.FrameCount, hop);
        int window = 0;
        foreach (ViewSet views in plan.Read(through, default))
        {
            using var apart = VideoReader.Open(path);
            ViewSet expected = plan.Read(apart, window, default);
            Assert.Equal((expected.Views, expected.Frames, expected.Size), (views.Views, views.Frames, views.Size));
            Assert.True(expected.Pixels.AsSpan().SequenceEqual(views.Pixels), $"window {window} differs");
            window++;
        }

        Assert.Equal(plan.Count, window);
    }

    [Fact]
    public void One_pass_decodes_each_frame_once_in_ascending_order()
    {
        string path = TestVideos.Write(_folder.File("film.mp4"), 120);
        using var reader = VideoReader.Open(path);
        var watched = new Watched(reader);
        var plan = new WindowPlan(new ClipPreparation { Frames = 4, Stride = 4, Size = 32 }, 120, 6);

        Assert.Equal(plan.Count, plan.Read(watched, default).Count());

        Assert.Equal(watched.Asked.Distinct().Order(), watched.Asked);
        Assert.Equal(Enumerable.Range(0, plan.Count).SelectMany(plan.Frames).Distinct().Order(), watched.Asked);
    }

    [Fact]
    public void One_pass_keeps_no_more_than_the_frames_of_open_windows()
    {
        string path = TestVideos.Write(_folder.File("film.mp4"), 200);
        using var reader = VideoReader.Open(path);
        var preparation = new ClipPreparation { Frames = 4, Stride = 4, Size = 32 };
        var plan = new WindowPlan(preparation, 200, 2);
        using var pass = new WindowPass(plan, preparation);
        var gone = new List<WeakReference>();
        for (int window = 0; window < plan.Count; window++)
        {
            gone.Add(Forgotten(pass, reader, window));
            Assert.InRange(pass.Kept, 1, 16);
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.DoesNotContain(gone, static window => window.IsAlive);
    }

    [Fact]
    public void Windows_come_as_they_are_asked_for()
    {
        string path = TestVideos.Write(_folder.File("film.mp4"), 200);
        using var reader = VideoReader.Open(path);
        var watched = new Watched(reader);
        var plan = new WindowPlan(new ClipPreparation { Frames = 4, Stride = 4, Size = 32 }, 200, null);

        Assert.Single(plan.Read(watched, default).Take(1));

        Assert.Equal(plan.Frames(0), watched.Asked);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference Forgotten(WindowPass pass, IFrameReader reader, int window) => new(pass.Read(reader, window, default).Pixels);

    private sealed class Watched(VideoReader reader) : IFrameReader
    {
        public List<int> Asked { get; } = [];

        public VideoInfo Info => reader.Info;

        void IFrameReader.Visit(ReadOnlySpan<int> frames, FrameVisitor visitor, CancellationToken ct, bool last)
        {
            Asked.AddRange(frames);
            reader.Visit(frames, visitor, ct, last);
        }
    }
}
