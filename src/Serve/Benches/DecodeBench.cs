using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Serve.Benches;

/// <summary>
/// How many clips a second one core takes out of H.264: a window of 16 frames, 4 apart, from the middle of ten seconds, opening the file included, decoded in this
/// process by one thread. Videos are made on the spot: a pattern that moves under noise, in two sizes, with keyframes near and far.
/// </summary>
/// <remarks>
/// A case such as <c>320x240-gop12</c> has <c>clips/s</c> of elapsed time and <c>clips/core-s</c> of processor time, of the whole process; with <c>-input</c> behind it frames are also
/// cut and resized to a model's input of 224 x 224, without it they come as they are.
/// </remarks>
public sealed class DecodeBench : IBench
{
    private const int Frames = 16, Stride = 4, Side = 224, FrameRate = 25;
    private static readonly ClipPreparation Input = new() { Frames = Frames, Stride = Stride, Size = Side };
    private readonly DecodeBenchScale _scale;

    /// <summary>Makes the bench as it is shipped.</summary>
    public DecodeBench()
        : this(new DecodeBenchScale())
    {
    }

    internal DecodeBench(DecodeBenchScale scale) => _scale = scale;

    /// <inheritdoc/>
    public string Name => "decode";

    /// <inheritdoc/>
    public string Summary => "Clips a second of one core out of H.264 of two sizes, opening included, as frames and as a model's input.";

    /// <inheritdoc/>
    public async IAsyncEnumerable<BenchFigure> RunAsync([EnumeratorCancellation] CancellationToken ct)
    {
        DirectoryInfo folder = Directory.CreateDirectory(Path.Combine(_scale.TemporaryFolder, $"unreel-bench-{Guid.NewGuid():N}"));
        try
        {
            foreach (FrameSize size in _scale.Sizes)
            {
                foreach (int gop in _scale.Gops)
                {
                    string video = Path.Combine(folder.FullName, $"{size}-{gop}.mp4");
                    await Apart(() => Write(video, size, gop, ct), ct);
                    foreach (bool asInput in (bool[])[false, true])
                    {
                        foreach (BenchFigure figure in await Apart(() => Measure(video, size, gop, asInput, ct), ct))
                            yield return figure;
                    }
                }
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private bool Write(string path, FrameSize size, int gop, CancellationToken ct)
    {
        using var writer = new VideoWriter(path, size, FrameRate, new VideoWriterOptions { Gop = gop });
        var pattern = new MovingPattern(size);
        for (int frame = 0; frame < _scale.VideoFrames; frame++)
        {
            ct.ThrowIfCancellationRequested();
            writer.Write(pattern.Draw(frame));
        }

        writer.Finish();
        return true;
    }

    private BenchFigure[] Measure(string video, FrameSize size, int gop, bool asInput, CancellationToken ct)
    {
        List<double> elapsed = [], used = [];
        Read(video, asInput, ct);
        long begun = Stopwatch.GetTimestamp();
        while (elapsed.Count < _scale.FewestTurns || Stopwatch.GetElapsedTime(begun) < _scale.Duration)
        {
            (long start, TimeSpan before) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            Read(video, asInput, ct);
            used.Add((Environment.CpuUsage.TotalTime - before).TotalSeconds);
            elapsed.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        SortedDictionary<string, string> config = new(StringComparer.Ordinal)
        {
            ["size"] = size.ToString(),
            ["gop"] = gop.ToString(CultureInfo.InvariantCulture),
            ["frames"] = Frames.ToString(CultureInfo.InvariantCulture),
            ["stride"] = Stride.ToString(CultureInfo.InvariantCulture),
            ["output"] = asInput ? $"{Side}x{Side}" : size.ToString(),
            ["codec"] = "h264, x264 veryfast, crf 18",
            ["video_frames"] = _scale.VideoFrames.ToString(CultureInfo.InvariantCulture),
            ["megabytes"] = (new FileInfo(video).Length / 1e6).ToString("0.0", CultureInfo.InvariantCulture),
        };
        string name = $"{size}-gop{gop}{(asInput ? "-input" : "")}";
        return [new(Name, name, 1 / Median.Of(elapsed), "clips/s", config), new(Name, name, 1 / Median.Of(used), "clips/core-s", config)];
    }

    private static void Read(string video, bool asInput, CancellationToken ct)
    {
        using var reader = VideoReader.Open(video);
        if (asInput)
            GC.KeepAlive(Input.Read(reader, ct));
        else
            GC.KeepAlive(reader.Read(Input.Indices(reader.Info.FrameCount, 0), null, ct));
    }

    private static Task<T> Apart<T>(Func<T> work, CancellationToken ct) => Task.Factory.StartNew(work, ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
