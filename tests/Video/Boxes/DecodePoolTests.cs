using System.Diagnostics;
using Unreel.Video.Boxes;

namespace Unreel.Video.Tests.Boxes;

/// <summary>Processes come, go and are replaced, and nothing of them stays.</summary>
public sealed class DecodePoolTests
{
    [SharedDataFact]
    public async Task Cancelled_a_box_is_ended_and_another_takes_its_place()
    {
        using DecodePool pool = DecodePool.Start(new DecodeOptions { Workers = 1 });
        using CancellationTokenSource cancel = new();
        string path = SharedData.File("odd", "sample.mp4");
        int first = pool.Processes[0], seen = 0;
        using ManualResetEventSlim queued = new();
        Task<int> reading = pool.ReadAsync(path, (reader, ct) => Cancelling(reader, queued, cancel, ref seen, ct), cancel.Token);
        Task<int> waiting = pool.ReadAsync(path, (reader, _) => reader.Info.FrameCount, cancel.Token);
        Task<int> after = pool.ReadAsync(path, (reader, _) => reader.Info.FrameCount, default);
        queued.Set();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal((30, 3), (await after, seen));
        Assert.Equal((2, 1), (pool.Counts.Started, pool.Counts.Stopped[DecodeStop.Cancelled]));
        Assert.False(SystemView.Exists(first));
    }

    [SharedDataFact]
    public async Task What_a_visitor_throws_reaches_the_caller_and_the_pool_goes_on()
    {
        using DecodePool pool = DecodePool.Start(new DecodeOptions { Workers = 1 });
        string path = SharedData.File("odd", "sample.mp4");

        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => pool.ReadAsync<int>(path, (reader, ct) => throw new InvalidTimeZoneException(), default));
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => pool.ReadAsync(path, (reader, ct) => Throwing(reader, ct), default));
        Assert.All(pool.Counts.Stopped, static reason => Assert.Equal(0, reason.Value));

        Assert.Equal(30, await pool.ReadAsync(path, (reader, _) => reader.Info.FrameCount, default));
    }

    [SharedDataFact]
    public async Task A_hard_limit_of_the_processors_time_is_kept_and_another_process_comes_before_it_is_near()
    {
        using TemporaryFolder folder = new();
        string program = folder.File("limited");
        File.WriteAllText(program, $"#!/bin/sh\nulimit -t 30\nexec '{new DecodeOptions().Path}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using DecodePool pool = DecodePool.Start(new DecodeOptions { Workers = 1, Program = program });

        string limits = await pool.ReadAsync(SharedData.File("odd", "minimal.mp4"), (_, _) => File.ReadAllText($"/proc/{pool.Processes[0]}/limits"), default);
        await pool.ReadAsync(SharedData.File("odd", "minimal.mp4"), (reader, _) => reader.Info.FrameCount, default);

        Assert.Matches(@"Max cpu time +2[0-9] +30 +seconds", limits);
        Assert.InRange(pool.Counts.Started, 2, 3);
    }

    [SharedDataFact]
    public async Task What_nobody_waits_for_any_more_is_not_counted_as_waiting()
    {
        using DecodePool pool = DecodePool.Start(new DecodeOptions { Workers = 1 });
        using CancellationTokenSource cancel = new();
        using ManualResetEventSlim go = new(), began = new();
        string path = SharedData.File("odd", "minimal.mp4");
        Task<int> working = pool.ReadAsync(path, (_, _) => Wait(began, go), default);
        began.Wait();
        Task<int> waiting = pool.ReadAsync(path, (reader, _) => reader.Info.FrameCount, cancel.Token);
        int before = pool.Counts.Waiting;

        await cancel.CancelAsync();

        Assert.Equal((1, 0), (before, pool.Counts.Waiting));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        go.Set();
        await working;
    }

    [Fact]
    public void Once_closed_a_pool_still_tells_what_it_did_and_takes_nothing_more()
    {
        DecodePool pool = DecodePool.Start(new DecodeOptions { Workers = 1 });
        pool.Dispose();

        Assert.Equal((1, 0, 0), (pool.Counts.Started, pool.Counts.Waiting, pool.Counts.Busy));
        Assert.Throws<ObjectDisposedException>(() => { _ = pool.ReadAsync("x", (_, _) => 0, default); });
    }

    [SharedDataTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_process_cannot_write_into_the_video_that_it_reads(bool copied)
    {
        using TemporaryFolder folder = new();
        string path = folder.File("spool");
        File.Copy(SharedData.File("odd", "minimal.mp4"), path);
        File.SetAttributes(path, FileAttributes.Normal);
        await using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        // As a spooled upload: the name is gone, the descriptor can write.
        File.Delete(path);
        using MemoryStream memory = new();
        await file.CopyToAsync(memory);
        file.Position = memory.Position = 0;
        using DecodePool pool = DecodePool.Start(new DecodeOptions { Workers = 1 });

        string[] modes = await pool.ReadAsync(copied ? memory : file, "spool", (_, _) => Modes(pool.Processes[0], "spool", "unreel-video"), default);

        Assert.Single(modes);
        Assert.All(modes, static mode => Assert.EndsWith("0", mode, StringComparison.Ordinal));
    }

    [SharedDataFact]
    public async Task After_its_share_of_videos_a_process_makes_way()
    {
        using DecodePool pool = DecodePool.Start(new DecodeOptions { Workers = 1, VideosPerProcess = 2 });
        for (int video = 0; video < 5; video++)
            await pool.ReadAsync(SharedData.File("odd", "minimal.mp4"), (reader, _) => reader.Info.FrameCount, default);

        Assert.Equal((5, 3), (pool.Counts.Videos, pool.Counts.Started));
    }

    [Fact]
    public void Pools_leave_neither_processes_nor_descriptors_behind()
    {
        int before = SystemView.Descriptors();
        int[] processes;
        using (DecodePool pool = DecodePool.Start(new DecodeOptions { Workers = 3 }))
        {
            processes = [.. pool.Processes];
            Assert.Equal(processes.Order(), SystemView.Children(Environment.ProcessId).Order());
        }

        Assert.Equal(3, processes.Length);
        Assert.DoesNotContain(processes, SystemView.Exists);
        Assert.Equal(before, SystemView.Descriptors());
    }

    [Fact]
    public void What_is_refused_inside_is_refused()
    {
        using Process test = Process.Start(new ProcessStartInfo(new DecodeOptions().Path, "--self-test") { RedirectStandardOutput = true })!;
        string said = test.StandardOutput.ReadToEnd();
        test.WaitForExit();

        Assert.True(test.ExitCode == 0, said);
        foreach (string line in (string[])["open a file: refused", "make a socket: ended", "connect: ended", "start a process: ended", "run a program: ended", "allocate more than its memory: refused"])
            Assert.Contains(line, said, StringComparison.Ordinal);
    }

    [SharedDataFact]
    public async Task What_became_of_every_process_is_counted()
    {
        using DecodePool pool = DecodePool.Start(new DecodeOptions { Workers = 1, VideosPerProcess = 2 });
        string path = SharedData.File("odd", "minimal.mp4");
        for (int video = 0; video < 3; video++)
            await pool.ReadAsync(path, (reader, _) => reader.Info.FrameCount, default);
        DecodeCounts before = pool.Counts;
        await Assert.ThrowsAsync<DecodeStoppedException>(() => pool.ReadAsync(path, (reader, ct) => Killing(reader, pool.Processes[0], ct), default));
        DecodeCounts after = pool.Counts;

        Assert.Equal((3, 2, 0), (before.Videos, before.Started, before.Stopped[DecodeStop.Killed]));
        Assert.Equal((4, 1), (after.Videos, after.Stopped[DecodeStop.Killed]));
    }

    private static int Cancelling(IFrameReader reader, ManualResetEventSlim queued, CancellationTokenSource cancel, ref int seen, CancellationToken ct)
    {
        queued.Wait(CancellationToken.None);
        int count = 0;
        try
        {
            reader.Visit([.. Enumerable.Range(0, 30)], (_, _) =>
            {
                if (++count == 3)
                    cancel.Cancel();
            }, ct);
        }
        finally
        {
            seen = count;
        }

        return count;
    }

    private static int Throwing(IFrameReader reader, CancellationToken ct)
    {
        reader.Visit([0, 1, 2, 3, 4, 5, 6, 7], (_, _) => throw new InvalidTimeZoneException(), ct);
        return 0;
    }

    private static int Killing(IFrameReader reader, int process, CancellationToken ct)
    {
        SystemView.Kill(process);
        reader.Visit([0], (_, _) => { }, ct);
        return 0;
    }

    private static int Wait(ManualResetEventSlim began, ManualResetEventSlim go)
    {
        began.Set();
        go.Wait();
        return 0;
    }

    // The flags with which a process's descriptors of some files were opened; the last digit is 0 where they can only be read.
    private static string[] Modes(int process, params string[] names) =>
    [
        .. from descriptor in Directory.EnumerateFiles($"/proc/{process}/fd")
           let target = new FileInfo(descriptor).LinkTarget ?? string.Empty
           where names.Any(name => target.Contains(name, StringComparison.Ordinal))
           select File.ReadLines($"/proc/{process}/fdinfo/{Path.GetFileName(descriptor)}").First(static line => line.StartsWith("flags:", StringComparison.Ordinal)),
    ];
}
