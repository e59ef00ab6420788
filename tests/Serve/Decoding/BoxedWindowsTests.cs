using Microsoft.Extensions.Logging.Abstractions;
using Unreel.Serve.Decoding;
using Unreel.Testing;
using Unreel.Video;
using Unreel.Video.Boxes;

namespace Unreel.Serve.Tests.Decoding;

public sealed class BoxedWindowsTests : IDisposable
{
    private static readonly ClipPreparation Preparation = new() { Frames = 4, Stride = 2, Size = 32, Crops = 2 };
    private readonly DecodePool _pool = DecodePool.Start(new DecodeOptions { Workers = 1 });

    public void Dispose() => _pool.Dispose();

    [SharedDataTheory]
    [InlineData("sample.mp4", null)]
    [InlineData("sample.mp4", 3)]
    [InlineData("video_90.mov", null)]
    [InlineData("h264_white_frame_sar_16_9.mp4", null)]
    public async Task Windows_are_those_of_this_process(string file, int? hop)
    {
        string path = SharedData.File("odd", file);
        using VideoReader reader = VideoReader.Open(path);
        WindowPlan plan = new(Preparation, reader.Info.FrameCount, hop);
        using FileStream video = File.OpenRead(path);

        List<ClipWindow> windows = [];
        await foreach (ClipWindow window in Decoder().DecodeWindowsAsync(video, file, Preparation, hop is { } frames ? TimeSpan.FromSeconds(frames / reader.Info.FrameRate) : null, CancellationToken.None))
            windows.Add(window);

        Assert.Equal(plan.Count, windows.Count);
        Assert.All(windows, window =>
        {
            Assert.Equal((reader.Info, plan.Count, plan.First(window.Index), plan.Last(window.Index)), (window.Info, window.Count, window.FirstFrame, window.LastFrame));
            Assert.Equal(plan.Read(reader, window.Index, CancellationToken.None).Pixels, window.Views.Pixels);
        });
    }

    [SharedDataFact]
    public async Task Windows_before_the_damage_come_and_then_its_reason()
    {
        using FileStream video = File.OpenRead(SharedData.File("odd", "corrupted.mp4"));
        List<int> came = [];

        VideoException damage = await Assert.ThrowsAsync<VideoException>(async () =>
        {
            await foreach (ClipWindow window in Decoder().DecodeWindowsAsync(video, "the video", Preparation, null, CancellationToken.None))
                came.Add(window.LastFrame);
        });

        Assert.NotEmpty(came);
        Assert.Contains("the video, frame ", damage.Message, StringComparison.Ordinal);
        Assert.Contains("is damaged", damage.Message, StringComparison.Ordinal);
    }

    [SharedDataFact]
    public async Task Whoever_stops_looking_frees_the_decoder()
    {
        string path = SharedData.File("odd", "sample.mp4");
        for (int round = 0; round < 5; round++)
        {
            using FileStream video = File.OpenRead(path);
            await foreach (ClipWindow window in Decoder().DecodeWindowsAsync(video, "the video", Preparation, TimeSpan.FromTicks(1), CancellationToken.None))
                if (window.Index == round)
                    break;
        }

        Assert.Equal((0, 0), (_pool.Counts.Busy, _pool.Counts.Waiting));
        Assert.Equal(30, await _pool.ReadAsync(path, (reader, _) => reader.Info.FrameCount, CancellationToken.None));
        Assert.Single(_pool.Processes);
    }

    [SharedDataFact]
    public async Task Cancelled_it_ends_as_cancelled()
    {
        using FileStream video = File.OpenRead(SharedData.File("odd", "sample.mp4"));
        using CancellationTokenSource cancel = new();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (ClipWindow window in Decoder().DecodeWindowsAsync(video, "the video", Preparation, TimeSpan.FromTicks(1), cancel.Token))
                await cancel.CancelAsync();
        });

        Assert.Equal(0, _pool.Counts.Busy);
    }

    [SharedDataFact]
    public async Task A_video_that_is_none_says_so()
    {
        using MemoryStream video = new([1, 2, 3]);
        VideoException refused = await Assert.ThrowsAsync<VideoException>(async () =>
        {
            await foreach (ClipWindow window in Decoder().DecodeWindowsAsync(video, "the video", Preparation, null, CancellationToken.None))
                Assert.Fail("there is a window");
        });
        Assert.StartsWith("the video: ", refused.Message, StringComparison.Ordinal);
    }

    private BoxedClipDecoder Decoder() => new(_pool, NullLogger<BoxedClipDecoder>.Instance);
}
