using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Unreel.Onnx;

namespace Unreel.Benchmarks;

/// <summary>
/// One model in ONNX Runtime behind lines, so that several take turns: "go N" is answered with the seconds of a clip, elapsed and of
/// processor time; "logits" with a line of them for each clip; "end" with MB: the largest resident memory, and what was resident before the model was loaded.
/// </summary>
/// <remarks>All run with ONNX Runtime's defaults, or with <c>--still</c> as serving runs them: threads do not spin while they wait.</remarks>
internal static class InferServer
{
    /// <summary>Runs for arguments like <c>model.onnx clips.bin [--still] --threads 2</c>; the second holds clips, uint8, as the model takes them.</summary>
    public static void Run(string[] arguments)
    {
        (string path, int threads) = (arguments[0], int.Parse(arguments[^1], CultureInfo.InvariantCulture));
        byte[] clips = File.ReadAllBytes(arguments[1]);
        OnnxRuntimeInfo.Load();
        double before = Megabytes("VmRSS:");
        long started = Stopwatch.GetTimestamp();
        using IModel model = Open(path, threads, arguments.Contains("--still"));
        byte[][] each = [.. clips.Chunk((int)model.ClipBytes)];
        model.Logits(each[0]);
        Console.WriteLine(FormattableString.Invariant($"ready {Stopwatch.GetElapsedTime(started).TotalSeconds}"));
        int next = 0;
        while (Console.ReadLine() is { } line && line != "end")
        {
            if (line == "logits")
            {
                foreach (byte[] clip in each)
                    Console.WriteLine(string.Join(' ', model.Logits(clip).Select(logit => logit.ToString("R", CultureInfo.InvariantCulture))));
                continue;
            }

            // Not measured: caches went cold while others had their turn.
            model.Logits(each[next % each.Length]);
            int runs = int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
            (long begun, TimeSpan used) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            for (int run = 0; run < runs; run++)
                model.Logits(each[next++ % each.Length]);
            double elapsed = Stopwatch.GetElapsedTime(begun).TotalSeconds / runs;
            Console.WriteLine(FormattableString.Invariant($"{elapsed} {(Environment.CpuUsage.TotalTime - used).TotalSeconds / runs}"));
        }

        Console.WriteLine(FormattableString.Invariant($"{Megabytes("VmHWM:")} {before}"));
    }

    private static IModel Open(string path, int threads, bool isStill)
    {
        try
        {
            return new Ours(OnnxModel.Open(path, new OnnxModelOptions { Threads = threads, Spinning = !isStill }));
        }
        catch (ContractException)
        {
            return new Foreign(path, threads, isStill);
        }
    }

    private static double Megabytes(string entry)
    {
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(entry, StringComparison.Ordinal));
        return long.Parse(line[entry.Length..].Replace("kB", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024 / 1e6;
    }

    private interface IModel : IDisposable
    {
        long ClipBytes { get; }

        float[] Logits(byte[] clip);
    }

    private sealed class Ours(OnnxModel model) : IModel
    {
        public long ClipBytes => model.Contract.Input.ClipBytes;

        public float[] Logits(byte[] clip) => model.Classify(clip, 1).Logits;

        public void Dispose() => model.Dispose();
    }

    private sealed class Foreign : IModel
    {
        private readonly InferenceSession _session;
        private readonly long[] _shape;

        public Foreign(string path, int threads, bool isStill)
        {
            using var options = new SessionOptions { IntraOpNumThreads = threads };
            if (isStill)
                options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            _session = new InferenceSession(path, options);
            _shape = [1, .. _session.InputMetadata["video"].Dimensions.Skip(1)];
        }

        public long ClipBytes => _shape.Aggregate((product, extent) => product * extent);

        public float[] Logits(byte[] clip)
        {
            using var options = new RunOptions();
            using var video = OrtValue.CreateTensorValueFromMemory(clip, _shape);
            using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(options, ["video"], [video], ["logits"]);
            return outputs[0].GetTensorDataAsSpan<float>().ToArray();
        }

        public void Dispose() => _session.Dispose();
    }
}
