namespace Unreel.Modeling;

/// <summary>What the training loop needs to know, whichever the stage.</summary>
public sealed record TrainingPlan
{
    /// <summary>All steps.</summary>
    public required long Steps { get; init; }

    /// <summary>Clips of a step.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Steps of an epoch, a fraction where the batch does not divide it; for the metrics only.</summary>
    public required double StepsPerEpoch { get; init; }

    /// <summary>The learning rate.</summary>
    public required ISchedule Schedule { get; init; }

    /// <summary>The optimiser.</summary>
    public required OptimiserSettings Optimiser { get; init; }

    /// <summary>The seed of everything drawn.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Identifies everything that decides the result; a checkpoint of another recipe is refused.</summary>
    public required string Recipe { get; init; }

    /// <summary>Where checkpoint and metrics lie.</summary>
    public required string Folder { get; init; }

    /// <summary>Parts that the clips of a step are worked in, one after another, so that they need less memory; they divide <see cref="BatchSize"/>. Default 1.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>Clips of one part.</summary>
    public int PartSize => BatchSize / Accumulate;

    /// <summary>When checkpoints are written and which are kept.</summary>
    public CheckpointPolicy Checkpoints { get; init; } = new();

    /// <summary>Threads that make batches ahead. Default 1.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Batches made ahead. Default 4.</summary>
    public int Ahead { get; init; } = 4;

    /// <summary>Where and with how many threads torch computes.</summary>
    public TorchOptions Torch { get; init; } = new();

    /// <summary>The processes that train together; each works on an equal share of every part. Default one alone.</summary>
    public ICollectives Processes { get; init; } = SingleProcess.Instance;

    /// <summary>Checks what types cannot say.</summary>
    /// <exception cref="ModelException">The parts do not divide the batch.</exception>
    public TrainingPlan Checked() => Accumulate > 0 && BatchSize % Accumulate == 0
        ? this
        : throw new ModelException($"accumulate: {Accumulate} parts do not divide a batch of {BatchSize} clips; choose a number that does.");
}

/// <summary>How far training is.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">All steps.</param>
/// <param name="Loss">The last step's loss.</param>
/// <param name="LearningRate">The last step's rate.</param>
/// <param name="ClipsPerSecond">Since this process began.</param>
/// <param name="Waiting">Share of the time spent waiting for data, 0 to 1.</param>
/// <param name="Left">Time to go at this speed.</param>
public readonly record struct TrainingProgress(long Step, long Steps, double Loss, double LearningRate, double ClipsPerSecond, double Waiting, TimeSpan Left)
{
    /// <summary>What the last loss was made of, before weights; null (default) where it is one thing.</summary>
    public IReadOnlyDictionary<string, double>? Parts { get; init; }

    /// <summary>The figures in one line.</summary>
    public string Detail => FormattableString.Invariant(
        $"loss {Loss:0.0000}{PartsText}, lr {LearningRate:0.0e+0}, {ClipsPerSecond:0.0} clips/s, waiting {Waiting:0 %}, {Left:hh\\:mm\\:ss} left");

    private string PartsText => Parts is null ? string.Empty : $" ({string.Join(", ", Parts.Select(part => FormattableString.Invariant($"{part.Key} {part.Value:0.0000}")))})";
}

/// <summary>What a training ended with.</summary>
/// <param name="Steps">All steps.</param>
/// <param name="FinalLoss">Mean loss over the last tenth of the steps.</param>
/// <param name="ClipsPerSecond">Since this process began; 0 if nothing was left to do.</param>
/// <param name="Waiting">Share of the time spent waiting for data, 0 to 1.</param>
/// <param name="Device">The device computed on.</param>
public sealed record TrainingResult(long Steps, double FinalLoss, double ClipsPerSecond, double Waiting, string Device);
