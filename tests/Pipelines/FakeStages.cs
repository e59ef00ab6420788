using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Unreel.Artifacts;

namespace Unreel.Pipelines.Tests;

public enum Motion
{
    Straight,
    RoundAndRound,
}

/// <summary>Options of a stage without inputs.</summary>
public sealed record DrawOptions
{
    /// <summary>How many videos. Default 4.</summary>
    [Range(1, 100)]
    public int Count { get; init; } = 4;

    public ulong Seed { get; init; } = 1;

    public Motion Motion { get; init; } = Motion.Straight;

    public double Speed { get; init; } = 0.5;

    public string? Note { get; init; }

    public TimeSpan Length { get; init; } = TimeSpan.FromSeconds(2);

    [RunOnly]
    public int Workers { get; init; } = 1;
}

/// <summary>Nested options.</summary>
public sealed record SplitFields : IValidatableObject
{
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double Share { get; init; } = 0.25;

    [Description("Which groups are held out.")]
    public string? Holdout { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Holdout is not null && Holdout.Contains('(', StringComparison.Ordinal))
            yield return new ValidationResult($"expected a closed pattern, found '{Holdout}'.", [nameof(Holdout)]);
    }
}

/// <summary>Options of a stage with inputs.</summary>
public sealed record LearnOptions
{
    public required StageInput Clips { get; init; }

    [Range(1, 1000)]
    public int Epochs { get; init; } = 3;

    public double BaseLearningRate { get; init; } = 5e-4;

    public bool Flip { get; init; }

    public SplitFields Split { get; init; } = new() { Share = 0.5 };

    [MinLength(1)]
    public IReadOnlyList<int> Widths { get; init; } = [8, 16];

    public IReadOnlyDictionary<string, double> Weights { get; init; } = new Dictionary<string, double>();
}

/// <summary>Options of a stage that takes many outputs.</summary>
public sealed record CompareOptions
{
    [MinLength(1)]
    public IReadOnlyList<string> Labels { get; init; } = ["x"];

    public required IReadOnlyList<StageInput> Models { get; init; }
}

/// <summary>What the fake stages do, and what they were asked; one for each test.</summary>
public sealed class Script
{
    public List<string> Ran { get; } = [];

    private readonly Lock _lock = new();

    /// <summary>Notes that a stage of this name works.</summary>
    public void Note(string stage)
    {
        lock (_lock)
            Ran.Add(stage);
    }

    /// <summary>Called by each stage with its name, its context and the number of its steps done.</summary>
    public Func<string, IStageContext, int, CancellationToken, Task> Step { get; set; } = (_, _, _, _) => Task.CompletedTask;
}

public sealed class DrawStage(Script script) : IStage<DrawOptions>
{
    public async Task<StageResult> RunAsync(DrawOptions options, IStageContext context, CancellationToken ct)
    {
        script.Note("draw");
        string text = await FakeWork.DoAsync("draw", script, context, options.Count, $"{options.Seed} {options.Motion} {options.Speed}", ct);
        return FakeWork.Result(ArtifactKind.Clips, context, text, options.Seed);
    }
}

public sealed class LearnStage(Script script) : IStage<LearnOptions>
{
    public async Task<StageResult> RunAsync(LearnOptions options, IStageContext context, CancellationToken ct)
    {
        script.Note("learn");
        string clips = await context.FetchAsync(options.Clips, ct);
        string seen = string.Join(',', Directory.EnumerateFiles(clips, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden }).Order(StringComparer.Ordinal).Select(File.ReadAllText));
        string text = await FakeWork.DoAsync("learn", script, context, options.Epochs, $"{seen} {options.BaseLearningRate}", ct);
        return FakeWork.Result(ArtifactKind.Weights, context, text, null);
    }
}

public sealed class CompareStage(Script script) : IStage<CompareOptions>
{
    public async Task<StageResult> RunAsync(CompareOptions options, IStageContext context, CancellationToken ct)
    {
        script.Note("compare");
        string text = await FakeWork.DoAsync("compare", script, context, 1, string.Join('+', options.Models), ct);
        return FakeWork.Result(ArtifactKind.Report, context, text, null);
    }
}

/// <summary>Work in steps, each noted in a checkpoint that a later run takes up.</summary>
internal static class FakeWork
{
    public static async Task<string> DoAsync(string stage, Script script, IStageContext context, int steps, string text, CancellationToken ct)
    {
        string checkpoint = Path.Combine(context.WorkFolder, "checkpoint");
        int done = File.Exists(checkpoint) ? int.Parse(await File.ReadAllTextAsync(checkpoint, ct), System.Globalization.CultureInfo.InvariantCulture) : 0;
        for (; done < steps; done++)
        {
            ct.ThrowIfCancellationRequested();
            await script.Step(stage, context, done, ct);
            context.Progress.Report(new StageProgress("working", done + 1, steps, "steps"));
            await File.WriteAllTextAsync(checkpoint, $"{done + 1}", ct);
        }

        return $"{text} in {steps}";
    }

    public static StageResult Result(ArtifactKind kind, IStageContext context, string text, ulong? seed)
    {
        string file = Path.Combine(context.WorkFolder, "result.txt");
        File.WriteAllText(file, text);
        return new StageResult
        {
            Kind = kind,
            Files = [new StageFile(file, "data/result.txt", "text/plain")],
            Seed = seed,
            Metrics = new() { ["length"] = text.Length },
            Figures = new() { ["steps_per_second"] = 3 },
            Summary = $"{text.Length} letters",
        };
    }
}
