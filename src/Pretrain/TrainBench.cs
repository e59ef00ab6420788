using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Unreel.Modeling;
using Unreel.Pipelines;

namespace Unreel.Pretrain;

/// <summary>
/// How fast training steps are, of pre-training and of fine-tuning, in each precision, with and without a decoder mask: on clips that
/// are ready in memory, targets and updates included. Beside the time the share of the machine's own speed of matrix products, and memory.
/// </summary>
public sealed class TrainBench : IBench
{
    private const string MemoryReset = "/proc/self/clear_refs", Status = "/proc/self/status", Highest = "VmHWM:";

    private readonly TrainBenchScale _scale;

    /// <summary>Makes the bench as it is shipped.</summary>
    public TrainBench()
        : this(new TrainBenchScale())
    {
    }

    internal TrainBench(TrainBenchScale scale) => _scale = scale;

    /// <inheritdoc/>
    public string Name => "train";

    /// <inheritdoc/>
    public string Summary => "Milliseconds of training steps of two sizes, clips a second, the share of the machine's peak of matrix products, and peak memory.";

    /// <inheritdoc/>
    public async IAsyncEnumerable<BenchFigure> RunAsync([EnumeratorCancellation] CancellationToken ct)
    {
        foreach (TrainCase one in _scale.Cases)
        {
            foreach (BenchFigure figure in await Task.Factory.StartNew(() => Measure(one, ct), ct, TaskCreationOptions.LongRunning, TaskScheduler.Default))
                yield return figure;
        }
    }

    private BenchFigure[] Measure(TrainCase one, CancellationToken ct)
    {
        var torch = new TorchOptions { Device = "cpu", Threads = _scale.Threads };
        double peak = MatrixPeak.Measure(one.Precision, torch);
        File.WriteAllText(MemoryReset, "5");
        (double seconds, double work) = one.IsFinetuning ? Finetune(one, torch, ct) : Pretrain(one, torch, ct);
        SortedDictionary<string, string> config = one.Config(_scale.Threads);
        return
        [
            new(Name, one.Name, seconds * 1000, "ms/step", config),
            new(Name, one.Name, one.Clips / seconds, "clips/s", config),
            new(Name, one.Name, 100 * work / seconds / 1e9 / peak, "% of peak", config),
            new(Name, one.Name, PeakMegabytes(), "MB", config),
        ];
    }

    private (double Seconds, double Work) Pretrain(TrainCase one, TorchOptions torch, CancellationToken ct)
    {
        PretrainingSettings settings = StepSettings.Pretraining(one.Shape, one.HasDecoderMask, one.Precision);
        using StepMeter meter = StepMeter.Pretraining(settings, one.Clips, torch, ct);
        return (Seconds(meter, ct), StepWork.Pretraining(settings, one.Clips));
    }

    private (double Seconds, double Work) Finetune(TrainCase one, TorchOptions torch, CancellationToken ct)
    {
        using StepMeter meter = StepMeter.Finetuning(StepSettings.Finetuning(one.Shape, one.Precision), one.Clips, torch, ct);
        return (Seconds(meter, ct), StepWork.Finetuning(one.Shape, StepSettings.Labels, one.Clips));
    }

    private double Seconds(StepMeter meter, CancellationToken ct)
    {
        for (int step = 0; step < _scale.WarmUp; step++)
            meter.Step();

        List<double> times = [];
        long start = Stopwatch.GetTimestamp();
        while (times.Count < _scale.FewestSteps || Stopwatch.GetElapsedTime(start) < _scale.Duration)
        {
            ct.ThrowIfCancellationRequested();
            long begun = Stopwatch.GetTimestamp();
            meter.Step();
            times.Add(Stopwatch.GetElapsedTime(begun).TotalSeconds);
        }

        return Median.Of(times);
    }

    private static double PeakMegabytes()
    {
        string line = File.ReadLines(Status).First(line => line.StartsWith(Highest, StringComparison.Ordinal));
        return long.Parse(line[Highest.Length..].Replace("kB", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024 / 1e6;
    }
}

/// <summary>A kind of step.</summary>
/// <param name="Model">The preset.</param>
/// <param name="ImageSize">Side of the frames.</param>
/// <param name="Clips">Clips of a step.</param>
/// <param name="IsFinetuning">Fine-tuning, or else pre-training.</param>
/// <param name="Precision">What products compute in.</param>
/// <param name="HasDecoderMask">Whether the decoder predicts half of the hidden tokens.</param>
internal sealed record TrainCase(string Model, int ImageSize, int Clips, bool IsFinetuning, Precision Precision, bool HasDecoderMask = false)
{
    /// <summary>E.g. <c>pretrain-ti-bf16-dual</c>.</summary>
    public string Name => $"{(IsFinetuning ? "finetune" : "pretrain")}-{Model}-{Type}{(HasDecoderMask ? "-dual" : string.Empty)}";

    /// <summary>The sizes.</summary>
    public VideoTransformerShape Shape => Presets.Get(Model) with { ImageSize = ImageSize };

    private string Type => Precision == Precision.Bf16 ? "bf16" : "fp32";

    /// <summary>All that decides the figures.</summary>
    public SortedDictionary<string, string> Config(int threads) => new(StringComparer.Ordinal)
    {
        ["model"] = Model,
        ["image_size"] = ImageSize.ToString(CultureInfo.InvariantCulture),
        ["frames"] = Shape.Frames.ToString(CultureInfo.InvariantCulture),
        ["batch"] = Clips.ToString(CultureInfo.InvariantCulture),
        ["mask"] = IsFinetuning ? "none" : "tube .9",
        ["decoder_mask"] = HasDecoderMask ? "running-cell" : "none",
        ["precision"] = Type,
        ["threads"] = threads == 0 ? "physical cores" : threads.ToString(CultureInfo.InvariantCulture),
    };
}

/// <summary>What is measured and how long; the defaults are what is shipped, and tests take less.</summary>
internal sealed record TrainBenchScale
{
    /// <summary>The cases, in order.</summary>
    public IReadOnlyList<TrainCase> Cases { get; init; } =
    [
        new("ti", 112, 4, false, Precision.Fp32),
        new("ti", 112, 4, false, Precision.Fp32, HasDecoderMask: true),
        new("ti", 112, 4, false, Precision.Bf16),
        new("ti", 112, 4, false, Precision.Bf16, HasDecoderMask: true),
        new("ti", 112, 4, true, Precision.Fp32),
        new("ti", 112, 4, true, Precision.Bf16),
        new("s", 224, 2, false, Precision.Fp32),
        new("s", 224, 2, false, Precision.Bf16, HasDecoderMask: true),
    ];

    /// <summary>Threads of one operator; 0 for the physical cores.</summary>
    public int Threads { get; init; }

    /// <summary>Steps before any is measured.</summary>
    public int WarmUp { get; init; } = 3;

    /// <summary>Steps measured at least.</summary>
    public int FewestSteps { get; init; } = 3;

    /// <summary>How long a case is measured at least.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(3);
}
