using System.Globalization;
using Unreel.Pipelines;

namespace Unreel.Serve.Scoring;

/// <summary>A part of the work: of the videos in their order every <paramref name="Count"/>-th, from number <paramref name="Index"/> on.</summary>
/// <param name="Index">Which part, from 0.</param>
/// <param name="Count">How many parts there are.</param>
public sealed record ShardChoice(int Index, int Count)
{
    /// <summary>Reads <c>I/N</c>, <c>auto</c> or <c>auto/N</c>, as parts of stages are written.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="environment">Gives the environment's variables: those of SLURM's arrays, or <c>JOB_COMPLETION_INDEX</c> of Kubernetes' indexed jobs.</param>
    /// <exception cref="UsageException">It is none of these, or the environment does not say enough.</exception>
    public static ShardChoice Parse(string text, Func<string, string?> environment)
    {
        StageShard shard = ShardText.Parse(text, environment);
        return new ShardChoice(shard.Index, shard.Count);
    }

    /// <inheritdoc cref="ShardText.Hint"/>
    public static string? Hint(Func<string, string?> environment) => ShardText.Hint(environment);

    /// <summary>The entries of this part, in their order.</summary>
    internal IReadOnlyList<VideoEntry> Of(IReadOnlyList<VideoEntry> entries) => [.. entries.Where((_, index) => index % Count == Index)];

    /// <summary>Returns e.g. <c>0-of-4</c>, as in the names of files.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}-of-{Count}");
}
