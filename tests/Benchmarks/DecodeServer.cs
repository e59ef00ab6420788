using System.Diagnostics;
using System.Globalization;
using Unreel.Video;

namespace Unreel.Benchmarks;

/// <summary>
/// Clips out of videos behind lines, so that this program and another take turns. "go RUNS FIRST STRIDE COUNT VIDEO" opens the video and takes the frames at full
/// size, RUNS times, and is answered with the seconds of one clip, elapsed and of processor time; "view RUNS FRAMES STRIDE SIDE VIDEO" makes a model's input of
/// the video's middle; "frames FILE FIRST STRIDE COUNT VIDEO" writes the bytes.
/// </summary>
internal static class DecodeServer
{
    /// <summary>Runs until the lines end.</summary>
    public static void Run()
    {
        while (Console.ReadLine() is { } line)
        {
            string[] words = line.Split(' ', 6);
            int[] numbers = [.. words[2..5].Select(static word => int.Parse(word, CultureInfo.InvariantCulture))];
            switch (words[0])
            {
                case "go":
                    Console.WriteLine(Time(words[1], () => Read(words[5], numbers)));
                    break;
                case "view":
                    var preparation = new ClipPreparation { Frames = numbers[0], Stride = numbers[1], Size = numbers[2] };
                    Console.WriteLine(Time(words[1], () => View(words[5], preparation)));
                    break;
                default:
                    File.WriteAllBytes(words[1], Read(words[5], numbers).Pixels);
                    Console.WriteLine("written");
                    break;
            }
        }
    }

    private static Clip Read(string video, int[] window)
    {
        using var reader = VideoReader.Open(video);
        return reader.Read([.. Enumerable.Range(0, window[2]).Select(frame => window[0] + (frame * window[1]))], null, default);
    }

    private static ViewSet View(string video, ClipPreparation preparation)
    {
        using var reader = VideoReader.Open(video);
        return preparation.Read(reader, default);
    }

    private static string Time(string times, Func<object> clip)
    {
        // Not measured: caches went cold while others had their turn.
        GC.KeepAlive(clip());
        int runs = int.Parse(times, CultureInfo.InvariantCulture);
        (long begun, TimeSpan used) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        for (int run = 0; run < runs; run++)
            GC.KeepAlive(clip());
        double elapsed = Stopwatch.GetElapsedTime(begun).TotalSeconds / runs;
        return FormattableString.Invariant($"{elapsed} {(Environment.CpuUsage.TotalTime - used).TotalSeconds / runs}");
    }
}
