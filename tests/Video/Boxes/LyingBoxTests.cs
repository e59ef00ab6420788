using Unreel.Video.Boxes;

namespace Unreel.Video.Tests.Boxes;

/// <summary>Whatever a process does that a video has taken over, whoever started it gets a reason and goes on.</summary>
public sealed class LyingBoxTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ProgramTheory(StubProgram.Python, "-c", "import socket; socket.recv_fds")]
    [InlineData("say(READY); until(OPEN); os.kill(os.getpid(), signal.SIGSEGV)", DecodeStop.Crash, "crashed (signal 11)")]
    [InlineData("say(READY); until(OPEN); os.kill(os.getpid(), signal.SIGABRT)", DecodeStop.Crash, "crashed (signal 6)")]
    [InlineData("say(READY); until(OPEN); os._exit(7)", DecodeStop.Crash, "exit code 7")]
    [InlineData("say(READY); until(OPEN); os.kill(os.getpid(), signal.SIGSYS)", DecodeStop.Forbidden, "what decoders do not need")]
    [InlineData("say(READY); until(OPEN); box.close(); os.close(1); time.sleep(1000)", DecodeStop.Killed, "killed")]
    [InlineData("say(READY); until(OPEN); time.sleep(1000)", DecodeStop.Time, "not done within the limit of 0.5 s")]
    [InlineData("say(READY); until(OPEN)\nwhile True: pass", DecodeStop.Time, "not done within the limit of 0.5 s")]
    [InlineData("say(READY); until(OPEN); box.send(b'nothing')", DecodeStop.Nonsense, "no message")]
    [InlineData("say(READY); until(OPEN); box.send(bytes(100000))", DecodeStop.Nonsense, "no message")]
    [InlineData("say(READY); until(OPEN); say(FRAME, width=64, height=48)", DecodeStop.Nonsense, "it answered with 3")]
    [InlineData("say(READY); until(OPEN); say(OPENED)", DecodeStop.Nonsense, "cannot be")]
    [InlineData("say(READY); until(OPEN); say(OPENED, status=5)", DecodeStop.Nonsense, "status 5")]
    [InlineData("say(READY); until(OPEN); say(OPENED, status=-16, payload=b'gone')", DecodeStop.Nonsense, "status -16")]
    [InlineData("opened(width=1 << 30)", DecodeStop.Nonsense, "cannot be")]
    [InlineData("opened(width=-64)", DecodeStop.Nonsense, "cannot be")]
    [InlineData("opened(frames=0)", DecodeStop.Nonsense, "cannot be")]
    [InlineData("opened(frames=1 << 30)", DecodeStop.Nonsense, "cannot be")]
    [InlineData("opened(seconds=float('nan'))", DecodeStop.Nonsense, "cannot be")]
    [InlineData("opened(codec=b'\\x1b[2J')", DecodeStop.Nonsense, "cannot be")]
    [InlineData("opened(codec=b'x' * 32)", DecodeStop.Nonsense, "cannot be")]
    [InlineData("opened(); until(ASK); say(FRAME, number=1, width=64, height=48)", DecodeStop.Nonsense, "a frame of 64x48 as number 1")]
    [InlineData("opened(); until(ASK); say(FRAME, width=640, height=480)", DecodeStop.Nonsense, "a frame of 640x480")]
    [InlineData("opened(); until(ASK); say(FRAME, width=-1, height=-1)", DecodeStop.Nonsense, "a frame of -1x-1")]
    [InlineData("opened(); until(ASK); say(FRAME, width=65536, height=65536)", DecodeStop.Nonsense, "a frame of 65536x65536")]
    [InlineData("opened(); until(ASK); say(NEED, size=1)", DecodeStop.Nonsense, "it needs 1 bytes")]
    [InlineData("opened(); until(ASK); say(NEED, size=1 << 50)", DecodeStop.Nonsense, "it needs 1125899906842624 bytes")]
    [InlineData("opened(width=70000, height=1)", DecodeStop.Nonsense, "cannot be")]
    [InlineData("opened(); until(ASK); say(FRAME, width=1, height=70000)", DecodeStop.Nonsense, "a frame of 1x70000")]
    [InlineData("opened(); until(ASK)\nfor number in range(3): say(FRAME, number=number, width=64, height=48)\nos.kill(os.getpid(), signal.SIGBUS)", DecodeStop.Crash, "signal 7")]
    public async Task It_costs_the_video_and_the_process(string lines, DecodeStop reason, string expected)
    {
        using DecodePool pool = Start(lines);
        int process = pool.Processes[0];
        using MemoryStream video = new([1, 2, 3]);

        var stop = await Assert.ThrowsAsync<DecodeStoppedException>(() => pool.ReadAsync(video, "clip", Ten, default));

        Assert.Equal((reason, process), (stop.Reason, stop.ProcessId));
        Assert.StartsWith("clip: its decoding was stopped: ", stop.Message, StringComparison.Ordinal);
        Assert.Contains(expected, stop.Message, StringComparison.Ordinal);
        Assert.Equal(1, pool.Counts.Stopped[reason]);
        Assert.False(SystemView.Exists(process), "the process is still there, or was not waited for");
    }

    [ProgramFact(StubProgram.Python, "-c", "import socket; socket.recv_fds")]
    public async Task Words_of_a_box_are_letters()
    {
        using DecodePool pool = Start("say(READY); until(OPEN); say(OPENED, status=-1, payload=b'is \\x1b[2J\\nodd' + bytes([200]))\nuntil(CLOSE); say(CLOSED)\nuntil(OPEN)");
        using MemoryStream video = new([1, 2, 3]);

        var refused = await Assert.ThrowsAsync<VideoException>(() => pool.ReadAsync(video, "clip", Ten, default));

        Assert.Equal("clip: is  [2J odd.", refused.Message);
    }

    [ProgramFact(StubProgram.Python, "-c", "import socket; socket.recv_fds")]
    public async Task Shared_memory_cannot_be_taken_away_and_descriptors_are_not_accepted()
    {
        using DecodePool pool = Start("""
            opened()
            room = until(ROOM)[8][0]
            def refused(act):
                try:
                    act()
                except OSError:
                    return True
                return False
            safe = refused(lambda: os.ftruncate(room, 0)) and refused(lambda: os.ftruncate(room, 1 << 40))
            until(ASK)
            say(FRAME, number=0, width=64 if safe else 1, height=48)
            head = struct.pack('=6i2q', FRAME, 0, 1, 0, 64, 48, 0, 0)
            socket.send_fds(box, [head], [room, room, room])
            time.sleep(1000)
            """);
        int before = SystemView.Descriptors();
        using MemoryStream video = new([1, 2, 3]);
        int seen = 0;

        var stop = await Assert.ThrowsAsync<DecodeStoppedException>(() => pool.ReadAsync(video, "clip", (reader, ct) => Look(reader, () => seen++, ct), default));

        Assert.Equal((1, DecodeStop.Nonsense), (seen, stop.Reason));
        pool.Dispose();
        Assert.InRange(SystemView.Descriptors(), 0, before);
    }

    [ProgramFact(StubProgram.Python, "-c", "import socket; socket.recv_fds")]
    public async Task One_that_shows_another_size_with_every_frame_is_ended()
    {
        using DecodePool pool = Start("opened(frames=600)\nuntil(ASK)\nfor number in range(600): say(FRAME, number=number, width=64 - number % 2, height=48)\ntime.sleep(1000)");
        using MemoryStream video = new([1, 2, 3]);

        var stop = await Assert.ThrowsAsync<DecodeStoppedException>(() => pool.ReadAsync(video, "clip", (reader, ct) => Look(reader, [.. Enumerable.Range(0, 600)], static () => { }, ct), default));

        Assert.Equal(DecodeStop.Nonsense, stop.Reason);
        Assert.Contains("change their size more than 256 times", stop.Message, StringComparison.Ordinal);
    }

    // Each asking alone is within the limit of half a second.
    [ProgramTheory(StubProgram.Python, "-c", "import socket; socket.recv_fds")]
    [InlineData("while True: until(ASK); time.sleep(.3); say(FRAME, width=64, height=48)", DecodeStop.Time, 0)]
    [InlineData("while True:\n  until(ASK); say(FRAME, width=64, height=48); end = time.process_time() + .35\n  while time.process_time() < end: pass", DecodeStop.Processor, 400)]
    public async Task Many_askings_take_no_longer_together_than_the_video_is_worth(string lines, DecodeStop reason, int looking)
    {
        using DecodePool pool = Start("opened()\n" + lines);
        using MemoryStream video = new([1, 2, 3]);

        var stop = await Assert.ThrowsAsync<DecodeStoppedException>(() => pool.ReadAsync(video, "clip", (reader, ct) => LookOften(reader, looking, ct), default));

        // On a busy machine one that works is waited for as well, and that may be what ends first.
        Assert.Contains(stop.Reason, (DecodeStop[])[reason, DecodeStop.Time]);
    }

    [ProgramFact(StubProgram.Python, "-c", "import socket; socket.recv_fds")]
    public async Task One_that_works_while_nobody_waits_runs_out_of_the_processors_time()
    {
        using DecodePool pool = Start("opened()\nwhile True: pass");
        int process = pool.Processes[0];
        using MemoryStream video = new([1, 2, 3]);

        var stop = await Assert.ThrowsAsync<DecodeStoppedException>(() => pool.ReadAsync(video, "clip", (reader, ct) => WaitAndLook(reader, process, ct), default));

        Assert.Equal(DecodeStop.Processor, stop.Reason);
        Assert.Contains("of the processor's time", stop.Message, StringComparison.Ordinal);
    }

    [ProgramTheory(StubProgram.Python, "-c", "import socket; socket.recv_fds")]
    [InlineData("os._exit(3)", "ended with exit code 3 before it was ready")]
    [InlineData("os.kill(os.getpid(), signal.SIGKILL)", "ended by signal 9 before it was ready")]
    [InlineData("time.sleep(1000)", "did not answer in time")]
    [InlineData("say(CLOSED)", "does not speak as this library does")]
    public void A_program_that_does_not_start_is_named(string lines, string expected)
    {
        string program = StubProgram.Write(_folder.Path, lines);
        int before = SystemView.Descriptors();

        IOException problem = Assert.Throws<IOException>(() => DecodePool.Start(new DecodeOptions { Workers = 2, Program = program, Patience = TimeSpan.FromSeconds(1) }));

        Assert.StartsWith($"The program {program}, which decodes videos, does not start: ", problem.Message, StringComparison.Ordinal);
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.Equal(before, SystemView.Descriptors());
    }

    [Fact]
    public void A_program_that_is_not_there_is_named()
    {
        string program = _folder.File("absent");
        FileNotFoundException problem = Assert.Throws<FileNotFoundException>(() => DecodePool.Start(new DecodeOptions { Program = program }));
        Assert.Contains(program, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_program_is_named()
    {
        string program = _folder.File("text");
        File.WriteAllText(program, "words");
        IOException problem = Assert.Throws<IOException>(() => DecodePool.Start(new DecodeOptions { Program = program }));
        Assert.Contains("Permission denied", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => DecodePool.Start(new DecodeOptions { Memory = 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => DecodePool.Start(new DecodeOptions { Workers = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => DecodePool.Start(new DecodeOptions { VideosPerProcess = 0 }));
    }

    private static int Ten(IFrameReader reader, CancellationToken ct) => Look(reader, static () => { }, ct);

    private static int Look(IFrameReader reader, Action look, CancellationToken ct) => Look(reader, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], look, ct);

    private static int Look(IFrameReader reader, int[] frames, Action look, CancellationToken ct)
    {
        reader.Visit(frames, (_, _) => look(), ct);
        return frames.Length;
    }

    private static int LookOften(IFrameReader reader, int milliseconds, CancellationToken ct)
    {
        for (int time = 0; time < 60; time++)
            reader.Visit([0], (_, _) => Thread.Sleep(milliseconds), ct);
        return 0;
    }

    private static int WaitAndLook(IFrameReader reader, int process, CancellationToken ct)
    {
        Assert.True(SpinWait.SpinUntil(() => Ended(process), TimeSpan.FromSeconds(60)), "it still works after a minute");
        return Ten(reader, ct);
    }

    private static bool Ended(int process)
    {
        Thread.Sleep(20);
        return !SystemView.Lives(process);
    }

    private DecodePool Start(string lines) => DecodePool.Start(new DecodeOptions
    {
        Workers = 1,
        Program = StubProgram.Write(_folder.Path, lines),
        Limits = new VideoLimits { Timeout = TimeSpan.FromSeconds(.5), PixelsPerFrame = 1 << 20, Frames = 1000 },
    });
}
