using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Serve.Models;
using Unreel.Video;

namespace Unreel.Serve.Benches;

/// <summary>A crowd of twice what a server can bear, for a minute: videos come at random times, whether earlier ones are answered or not.</summary>
public sealed class CrowdBench : IBench
{
    private static readonly TimeSpan Minute = TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    public string Name => "serve-crowd";

    /// <inheritdoc/>
    public string Summary => "A minute of twice the videos that the server can bear: p99 of those let in beside that of a server without a crowd, how many were answered and refused, growth of memory.";

    /// <inheritdoc/>
    public async IAsyncEnumerable<BenchFigure> RunAsync([EnumeratorCancellation] CancellationToken ct)
    {
        ServeBenchScale scale = new() { Crowd = Minute };
        using BenchFolder folder = new(scale.TemporaryFolder);
        foreach (BenchFigure figure in await MeasureAsync(Name, scale, folder.Path("crowd"), ct))
            yield return figure;
    }

    /// <summary>Measures one crowd.</summary>
    internal static async Task<List<BenchFigure>> MeasureAsync(string bench, ServeBenchScale scale, string folder, CancellationToken ct)
    {
        ClassifierShape shape = scale.Crowded;
        string file = await Task.Run(() => BenchModel.Write(folder, shape), ct);
        byte[] video = await Task.Run(() => Film(Path.Combine(folder, "clip.mp4")), ct);
        ServeOptions options = new() { Models = [ModelChoice.Parse(file)], Port = 0, Threads = scale.Threads, Watch = TimeSpan.Zero };
        await using BenchServer server = await BenchServer.StartAsync(options, null, ct);
        double[] alone = [.. (await AloneAsync(server, video, scale.Alone / 10, ct)).Concat(await AloneAsync(server, video, scale.Alone, ct)).Skip(scale.Alone / 10)];
        double perSecond = await BearableAsync(server, video, scale.Bearable, ct);
        double before = Megabytes();
        List<BenchAnswer> answers = await CrowdAsync(server, video, 2 * perSecond, scale.Crowd, ct);
        double after = Megabytes();

        double[] admitted = [.. answers.Where(answer => answer.Status == 200).Select(answer => answer.Seconds * 1000)];
        (double usual, double crowded) = (Percentile.Of(alone, .99) * 1000, Percentile.Of(admitted, .99));
        SortedDictionary<string, string> config = BenchConfig.Of(shape, scale);
        config["seconds"] = scale.Crowd.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        config["offered_per_s"] = (2 * perSecond).ToString("0.##", CultureInfo.InvariantCulture);
        return
        [
            new(bench, "alone-p50", Percentile.Of(alone, .5) * 1000, "ms", config),
            new(bench, "alone-p99", usual, "ms", config),
            new(bench, "crowd-p50", Percentile.Of(admitted, .5), "ms", config),
            new(bench, "crowd-p99", crowded, "ms", config),
            new(bench, "crowd-p99", crowded / usual, "x", config),
            new(bench, "crowd-answered", admitted.Length, "requests", config),
            new(bench, "crowd-answered", admitted.Length / scale.Crowd.TotalSeconds / perSecond, "x", config),
            new(bench, "crowd-refused", answers.Count(answer => answer.Status == 429), "requests", config),
            new(bench, "crowd-other", answers.Count(answer => answer.Status is not (200 or 429)), "requests", config),
            new(bench, "crowd-memory", after - before, "MB", config),
        ];
    }

    private static async Task<List<double>> AloneAsync(BenchServer server, byte[] video, int requests, CancellationToken ct)
    {
        List<double> seconds = [];
        for (int request = 0; request < requests; request++)
            seconds.Add((await server.ClassifyAsync(video, ct)).Seconds);
        return seconds;
    }

    // As many a second as two clients get answered that are never idle.
    private static async Task<double> BearableAsync(BenchServer server, byte[] video, TimeSpan most, CancellationToken ct)
    {
        long began = Stopwatch.GetTimestamp();
        int answered = 0;
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(
            async () =>
            {
                while (Stopwatch.GetElapsedTime(began) < most)
                {
                    if ((await server.ClassifyAsync(video, ct)).Status == 200)
                        Interlocked.Increment(ref answered);
                }
            },
            ct)));
        return answered / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task<List<BenchAnswer>> CrowdAsync(BenchServer server, byte[] video, double perSecond, TimeSpan most, CancellationToken ct)
    {
        RandomStream random = new(17, "crowd", 0);
        ConcurrentBag<BenchAnswer> answers = [];
        List<Task> asked = [];
        long began = Stopwatch.GetTimestamp();
        for (double at = 0; at < most.TotalSeconds; at += -Math.Log(1 - random.NextDouble()) / perSecond)
        {
            TimeSpan wait = TimeSpan.FromSeconds(at) - Stopwatch.GetElapsedTime(began);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, ct);
            asked.Add(Task.Run(async () => answers.Add(await server.ClassifyAsync(video, ct)), ct));
        }

        await Task.WhenAll(asked);
        return [.. answers];
    }

    private static byte[] Film(string path)
    {
        const int Frames = 64;
        FrameSize size = new(320, 240);
        using (VideoWriter writer = new(path, size, 25))
        {
            byte[] frame = new byte[size.Width * size.Height * 3];
            for (int number = 0; number < Frames; number++)
            {
                for (int at = 0; at < frame.Length; at++)
                    frame[at] = (byte)((at / 3 % size.Width) + (number * 5));
                writer.Write(frame);
            }

            writer.Finish();
        }

        return File.ReadAllBytes(path);
    }

    private static double Megabytes()
    {
        GC.Collect();
        using Process process = Process.GetCurrentProcess();
        return process.WorkingSet64 / 1e6;
    }
}
