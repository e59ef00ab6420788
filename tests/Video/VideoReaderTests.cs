using Unreel.Video.Native;

namespace Unreel.Video.Tests;

public sealed class VideoReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    [InlineData(250)]
    public void Frames_come_by_their_number_in_any_order(int gop)
    {
        using var reader = VideoReader.Open(TestVideos.Write(_folder.File("a.mp4"), 200, options: new VideoWriterOptions { Gop = gop }));
        var random = new RandomStream(1, "frames", (ulong)gop);
        for (int round = 0; round < 8; round++)
        {
            int[] frames = new int[12];
            for (int i = 0; i < frames.Length; i++)
                frames[i] = random.NextInt(200);
            Assert.Equal(frames, TestVideos.Numbers(reader.Read(frames, null, default)));
            Array.Sort(frames);
            Assert.Equal(frames, TestVideos.Numbers(reader.Read(frames, null, default)));
        }
    }

    [Fact]
    public void Jumping_gives_the_bytes_that_reading_through_gives()
    {
        string path = TestVideos.Write(_folder.File("a.mp4"), 120);
        using var through = VideoReader.Open(path);
        using var jumping = VideoReader.Open(path);
        Clip all = through.Read([.. Enumerable.Range(0, 120)], null, default);
        for (int frame = 119; frame >= 0; frame -= 7)
            Assert.Equal(all.Frame(frame).ToArray(), jumping.Read([frame], null, default).Pixels);
    }

    [Fact]
    public void A_stream_gives_what_the_file_gives()
    {
        string path = TestVideos.Write(_folder.File("a.mp4"), 60);
        using var file = VideoReader.Open(path);
        using var stream = new MemoryStream(File.ReadAllBytes(path));
        using var reader = VideoReader.Open(stream, "upload");
        Assert.Equal(file.Info, reader.Info);
        Assert.Equal(file.Read([3, 50, 20], null, default).Pixels, reader.Read([3, 50, 20], null, default).Pixels);
    }

    [Fact]
    public void A_stream_is_read_from_where_it_stands()
    {
        byte[] bytes = File.ReadAllBytes(TestVideos.Write(_folder.File("a.mp4"), 20));
        using var stream = new MemoryStream([.. new byte[777], .. bytes]) { Position = 777 };
        using var reader = VideoReader.Open(stream, "upload");
        Assert.Equal([19, 0], TestVideos.Numbers(reader.Read([19, 0], null, default)));
    }

    [Fact]
    public void What_a_stream_throws_is_told()
    {
        using var stream = new FailingStream();
        var error = Assert.Throws<VideoException>(() => VideoReader.Open(stream, "upload"));
        Assert.IsType<IOException>(error.InnerException);
        Assert.Contains("upload: its stream failed: the line is cut", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(10)]
    public void A_frame_that_is_not_there_is_named(int frame)
    {
        using var reader = VideoReader.Open(TestVideos.Write(_folder.File("a.mp4"), 10));
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => reader.Read([0, frame], null, default));
        Assert.Contains($"no frame {frame}; the video has 10", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_are_held()
    {
        string path = TestVideos.Write(_folder.File("a.mp4"), 30);
        Refused(new VideoLimits { PixelsPerFrame = 1000 }, "pixels allowed");
        Refused(new VideoLimits { Frames = 29 }, "more than the 29 frames allowed");
        Refused(new VideoLimits { Duration = TimeSpan.FromSeconds(1) }, "longer than the 1 s allowed");
        Refused(new VideoLimits { Timeout = TimeSpan.Zero }, "within the limit of 0 s");

        void Refused(VideoLimits limits, string reason) =>
            Assert.Contains(reason, Assert.Throws<VideoException>(() => VideoReader.Open(path, limits)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_files_and_folders_are_named()
    {
        Assert.Contains("no such file", Assert.Throws<VideoException>(() => VideoReader.Open(_folder.File("none.mp4"))).Message, StringComparison.Ordinal);
        Assert.Contains("is a folder", Assert.Throws<VideoException>(() => VideoReader.Open(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [ProgramFact("mkfifo", "--version")]
    public void A_pipe_is_refused_instead_of_waited_for()
    {
        Judges.Run("mkfifo", _folder.File("a.mp4"));
        Assert.Contains("not a regular file", Assert.Throws<VideoException>(() => VideoReader.Open(_folder.File("a.mp4"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http:/a.mp4")]
    [InlineData("concat:a.mp4|b.mp4")]
    [InlineData("ä ü %d.mp4")]
    public void Names_are_never_taken_for_addresses(string name)
    {
        string path = TestVideos.Write(_folder.File(name), 3);
        using var reader = VideoReader.Open(path);
        Assert.Equal(3, reader.Info.FrameCount);
    }

    [Fact]
    public void Playlists_are_not_followed()
    {
        string video = TestVideos.Write(_folder.File("a.mp4"), 3);
        File.WriteAllText(_folder.File("list.mp4"), $"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{video}\n#EXT-X-ENDLIST\n");
        File.WriteAllText(_folder.File("concat.mp4"), $"ffconcat version 1.0\nfile '{video}'\n");
        Assert.Throws<VideoException>(() => VideoReader.Open(_folder.File("list.mp4")));
        Assert.Throws<VideoException>(() => VideoReader.Open(_folder.File("concat.mp4")));
    }

    [Fact]
    public void A_cancelled_reading_stops()
    {
        using var reader = VideoReader.Open(TestVideos.Write(_folder.File("a.mp4"), 100));
        using var cancel = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => reader.Visit([.. Enumerable.Range(0, 100)], (position, _) => Cancel(position), cancel.Token));
        Assert.Equal([5], TestVideos.Numbers(reader.Read([5], null, default)));

        void Cancel(int position)
        {
            Assert.InRange(position, 0, 3);
            if (position == 3)
                cancel.Cancel();
        }
    }

    [Fact]
    public void A_video_is_read_at_the_size_asked_for()
    {
        using var reader = VideoReader.Open(TestVideos.Write(_folder.File("a.mp4"), 3));
        Clip whole = reader.Read([1], null, default);
        Clip small = reader.Read([1], new FrameSize(33, 21), default);
        Assert.Equal(Resizer.Resize(whole, CropBox.Whole(whole.Size), new FrameSize(33, 21)).Pixels, small.Pixels);
    }

    [Fact]
    public void Nothing_native_is_left_over()
    {
        string path = TestVideos.Write(_folder.File("a.mp4"), 20);
        byte[] bytes = File.ReadAllBytes(path);
        long before = NativeObjects.LeftOver();
        for (int i = 0; i < 20; i++)
        {
            using (var reader = VideoReader.Open(path))
                reader.Read([i], null, default);
            using (var stream = new MemoryStream(bytes))
            using (var reader = VideoReader.Open(stream, "a"))
                reader.Read([i], null, default);
            Assert.Throws<VideoException>(() => VideoReader.Open(path, new VideoLimits { Frames = 1 }));
            Assert.Throws<VideoException>(() => VideoReader.Open(new MemoryStream(bytes[..(i * 20)]), "cut"));
            using var writer = new VideoWriter(_folder.File("b.mp4"), TestVideos.Size, 25);
        }

        Assert.Equal(before, LibAv.Live());
    }

    [Fact]
    public void Threads_that_open_the_same_clip_at_once_leave_nothing_over()
    {
        const int threads = 8;
        TestVideos.Write(_folder.File("clips", "a.mp4"), 20);
        long before = NativeObjects.LeftOver();
        for (int round = 0; round < 5; round++)
        {
            using IClipSource source = ClipDataset.Open(_folder.File("clips"), []);
            using var together = new Barrier(threads);
            Thread[] readers = [.. Enumerable.Range(0, threads).Select(number => new Thread(() =>
            {
                together.SignalAndWait();
                source.Read(0, [number], null, default);
            }))];
            Array.ForEach(readers, reader => reader.Start());
            Array.ForEach(readers, reader => reader.Join());
        }

        Assert.Equal(before, LibAv.Live());
    }

    private sealed class FailingStream : MemoryStream
    {
        public FailingStream() => SetLength(1000);

        public override int Read(Span<byte> buffer) => throw new IOException("the line is cut");
    }
}
