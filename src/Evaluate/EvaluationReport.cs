namespace Unreel.Evaluate;

/// <summary>What an evaluation found.</summary>
public sealed record EvaluationReport
{
    /// <summary>The model as it was named.</summary>
    public required string Model { get; init; }

    /// <summary>The digest of the model's file.</summary>
    public required string ModelDigest { get; init; }

    /// <summary>The clips as they were named.</summary>
    public required string Clips { get; init; }

    /// <summary>The part measured on: <c>test</c>, <c>train</c> or <c>all</c>.</summary>
    public required string Part { get; init; }

    /// <summary>What is to be known of how the clips were divided, see <see cref="Video.ClipSplit.Note"/>; null where there is nothing.</summary>
    public string? SplitNote { get; init; }

    /// <summary>Views of one clip whose probabilities were averaged.</summary>
    public required int Views { get; init; }

    /// <summary>The figures.</summary>
    public required Scorecard Scorecard { get; init; }

    /// <summary>The clips that could not be read; they are in no figure.</summary>
    public IReadOnlyList<ClipFailure> Failures { get; init; } = [];
}

/// <summary>A clip that could not be read.</summary>
/// <param name="Clip">Its name.</param>
/// <param name="Reason">Why.</param>
public sealed record ClipFailure(string Clip, string Reason);
