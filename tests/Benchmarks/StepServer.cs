using System.Diagnostics;
using System.Globalization;
using Unreel.Modeling;

namespace Unreel.Benchmarks;

/// <summary>
/// Our training step behind the same lines as <c>reference/videomae_step.py</c>: "go N" is answered with the seconds of a step, elapsed and
/// of processor time; "end" with the largest resident memory in MB.
/// </summary>
internal static class StepServer
{
    /// <summary>Runs for arguments like <c>pretrain ti 112 4 --threads 1 --precision bf16 --dual</c>.</summary>
    public static void Run(string[] arguments)
    {
        using StepMeter meter = Make(arguments);
        Console.WriteLine("ready");
        while (Console.ReadLine() is { } line && line != "end")
        {
            int steps = int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
            (long started, TimeSpan used) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            for (int step = 0; step < steps; step++)
                meter.Step();
            double elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds / steps;
            Console.WriteLine(FormattableString.Invariant($"{elapsed} {(Environment.CpuUsage.TotalTime - used).TotalSeconds / steps}"));
        }

        string peak = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        Console.WriteLine(FormattableString.Invariant($"{long.Parse(peak.Split(':')[1].Replace("kB", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024 / 1e6}"));
    }

    private static StepMeter Make(string[] arguments)
    {
        VideoTransformerShape shape = Presets.Get(arguments[1]) with { ImageSize = int.Parse(arguments[2], CultureInfo.InvariantCulture) };
        int clips = int.Parse(arguments[3], CultureInfo.InvariantCulture);
        var torch = new TorchOptions { Device = "cpu", Threads = int.Parse(After(arguments, "--threads"), CultureInfo.InvariantCulture) };
        Precision precision = Enum.Parse<Precision>(After(arguments, "--precision"), ignoreCase: true);
        return arguments[0] == "pretrain"
            ? StepMeter.Pretraining(StepSettings.Pretraining(shape, arguments.Contains("--dual"), precision), clips, torch, default)
            : StepMeter.Finetuning(StepSettings.Finetuning(shape, precision), clips, torch, default);
    }

    private static string After(string[] arguments, string name) => arguments[Array.IndexOf(arguments, name) + 1];
}
