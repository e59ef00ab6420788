using Unreel.Video.Boxes;

namespace Unreel.Video.Tests.Boxes;

/// <summary>Whatever is put into a box, this process and its other boxes go on.</summary>
public sealed class HostileBoxTests
{
    private const int Mutations = 2000;
    private static readonly ClipPreparation Preparation = new() { Frames = 3, Stride = 1, Size = 16 };

    private static readonly string[] Clips =
    [
        "sample_fragmented.mp4", "bear-vp9-odd-dimensions.webm", "h265_10bits.mp4", "animated.gif", "av1_video.mkv", "minimal.mp4",
        "discard_first_keyframe.mp4", "video_90.mov", "test_non_zero_start.mp4", "testsrc2_mpeg4.mp4", "unordered.mov", "video_colr_nclx_rgb.mp4",
    ];

    [SharedDataFact]
    public async Task Two_thousand_mutated_clips_cost_no_more_than_themselves()
    {
        using DecodePool pool = DecodePool.Start(new DecodeOptions { Workers = 2, Limits = HostileFilesTests.Limits with { Timeout = TimeSpan.FromSeconds(5) } });
        byte[][] originals = [.. Clips.Select(clip => File.ReadAllBytes(SharedData.File("odd", clip)))];
        // What is loaded and remembered once belongs to no clip.
        for (int mutation = 0; mutation < 200; mutation++)
            await TryAsync(pool, originals[mutation % Clips.Length], Clips[mutation % Clips.Length], mutation);

        long memory = SettledMemory(), workers = pool.Processes.Max(id => SystemView.Memory(id, "VmRSS"));
        int descriptors = SystemView.Descriptors();
        int read = 0;
        await Parallel.ForAsync(200, Mutations + 200, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (mutation, _) =>
        {
            if (await TryAsync(pool, originals[mutation % Clips.Length], Clips[mutation % Clips.Length], mutation))
                Interlocked.Increment(ref read);
        });

        Assert.InRange(read, Mutations / 10, Mutations);
        Assert.Equal((2, 0, 0), (pool.Processes.Count, pool.Counts.Busy, pool.Counts.Waiting));
        Assert.Equal(Mutations + 200, pool.Counts.Videos);
        Assert.InRange(SystemView.Descriptors(), 0, descriptors);
        Assert.Equal(pool.Processes.Order(), SystemView.Children(Environment.ProcessId).Order());
        Assert.InRange(SettledMemory(), 0, memory * 11 / 10);
        Assert.InRange(pool.Processes.Max(id => SystemView.Memory(id, "VmRSS")), 0, (workers * 11 / 10) + (8 << 20));
    }

    [SharedDataFact]
    public async Task Killed_at_random_a_box_takes_only_what_it_held()
    {
        using DecodePool pool = DecodePool.Start(new DecodeOptions { Workers = 2 });
        string path = SharedData.File("odd", "sample.mp4");
        int killed = 0, read = 0;
        using CancellationTokenSource enough = new();
        Task killing = Task.Run(async () =>
        {
            for (uint kill = 0; !enough.IsCancellationRequested; kill++)
            {
                var random = new RandomStream(5, "kill", kill);
                await Task.Delay(random.NextInt(120));
                SystemView.Kill(pool.Processes.ElementAtOrDefault(random.NextInt(2)));
            }
        });
        await Parallel.ForAsync(0, 60, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (_, _) =>
        {
            try
            {
                await pool.ReadAsync(path, (reader, ct) => Preparation.Read(reader, ct), default);
                Interlocked.Increment(ref read);
            }
            catch (DecodeStoppedException stop) when (stop.Reason == DecodeStop.Killed)
            {
                Assert.Contains($"{path}: its decoding was stopped: its decoder was killed", stop.Message, StringComparison.Ordinal);
                Interlocked.Increment(ref killed);
            }
        });
        await enough.CancelAsync();
        await killing;

        Assert.Equal(60, read + killed);
        Assert.True(killed > 0, "not one video was hit: the test tests nothing");
        Assert.Equal(killed, pool.Counts.Stopped[DecodeStop.Killed]);
        Assert.Equal(3, (await AfterTheLastKillAsync(() => pool.ReadAsync(path, (reader, ct) => Preparation.Read(reader, ct), default))).Frames);
    }

    // A signal takes its time: the process that was killed last may take a video in hand before it dies.
    private static async Task<ViewSet> AfterTheLastKillAsync(Func<Task<ViewSet>> read)
    {
        try
        {
            return await read();
        }
        catch (DecodeStoppedException stop) when (stop.Reason == DecodeStop.Killed)
        {
            return await read();
        }
    }

    [SharedDataFact]
    public async Task A_video_that_takes_more_memory_than_it_may_says_so_and_the_next_is_read()
    {
        using DecodePool pool = DecodePool.Start(new DecodeOptions { Workers = 1, Memory = DecodeOptions.LeastMemory });

        var stop = await Assert.ThrowsAsync<DecodeStoppedException>(() => pool.ReadAsync(SharedData.File("odd", "8k24fps_300ms.mp4"), (reader, ct) => Preparation.Read(reader, ct), default));

        Assert.Equal(DecodeStop.Memory, stop.Reason);
        Assert.Contains("8k24fps_300ms.mp4: its decoding was stopped: it takes more than 64 MiB of memory.", stop.Message, StringComparison.Ordinal);
        Assert.Equal(1, pool.Counts.Stopped[DecodeStop.Memory]);
        Assert.Equal(3, (await pool.ReadAsync(SharedData.File("odd", "sample.mp4"), (reader, ct) => Preparation.Read(reader, ct), default)).Frames);
    }

    private static async Task<bool> TryAsync(DecodePool pool, byte[] original, string clip, int mutation)
    {
        string name = $"{clip} #{mutation}";
        try
        {
            using MemoryStream bytes = new(HostileFilesTests.Mutate(original, mutation));
            ViewSet views = await pool.ReadAsync(bytes, name, (reader, ct) => Preparation.Read(reader, ct), default);
            return views.Frames == 3;
        }
        catch (VideoException refused)
        {
            Assert.StartsWith(name, refused.Message, StringComparison.Ordinal);
            return false;
        }
    }

    private static long SettledMemory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return SystemView.Memory(Environment.ProcessId, "VmRSS");
    }
}
