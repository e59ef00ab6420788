using System.Globalization;

namespace Unreel.Pipelines;

/// <summary>One of several equal parts of a stage's work.</summary>
/// <param name="Index">Which, from 0.</param>
/// <param name="Count">Of how many, from 1.</param>
public readonly record struct StageShard(int Index, int Count)
{
    /// <summary>Whether an item of the work, counted from 0, belongs to this part.</summary>
    public bool Holds(long item) => item % Count == Index;

    /// <summary>Which of how many items belong to this part.</summary>
    public IEnumerable<int> Of(int items)
    {
        for (int item = Index; item < items; item += Count)
            yield return item;
    }

    /// <summary>E.g. <c>0/4</c>: the first of four, as <c>--shard</c> takes it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}/{Count}");
}

/// <summary>
/// A stage whose work falls into parts that machines can do side by side. A part leaves files in the work folder; the stage itself,
/// run afterwards with the files of all parts in its work folder, finds them done and only puts the result together.
/// </summary>
/// <typeparam name="TOptions">The stage's options.</typeparam>
public interface IShardedStage<in TOptions> : IStage<TOptions>
    where TOptions : class
{
    /// <summary>Whether these options leave something to divide.</summary>
    bool CanShard(TOptions options);

    /// <summary>Does one part.</summary>
    /// <returns>The files of the part, by their paths relative to the work folder.</returns>
    Task<IReadOnlyList<string>> RunShardAsync(TOptions options, StageShard shard, IStageContext context, CancellationToken ct);
}
