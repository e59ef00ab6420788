namespace Unreel.Video;

/// <summary>Looks at all videos of a source before long work begins, so that one that cannot be used is found at once.</summary>
public static class ClipLengths
{
    /// <summary>Opens every video, several at a time, and checks that it is long enough.</summary>
    /// <param name="source">The videos.</param>
    /// <param name="fewest">The frames that are needed.</param>
    /// <param name="looked">Told the number of videos looked at so far, from any thread; null for nobody.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="VideoException">There are no videos, or the first that is too short or cannot be read.</exception>
    public static void Require(IClipSource source, int fewest, Action<int>? looked, CancellationToken ct)
    {
        if (source.Items.Count == 0)
            throw new VideoException("clips: there are no videos to learn from.");

        Check(source, index => ProblemOf(source, index, fewest), looked, ct);
    }

    /// <summary>Looks at every video, several at a time, and throws the first problem that is found or that reading gives.</summary>
    internal static void Check(IClipSource source, Func<int, string?> problemOf, Action<int>? looked, CancellationToken ct)
    {
        int done = 0;
        string?[] problems = new string?[source.Items.Count];
        Parallel.For(0, source.Items.Count, new ParallelOptions { CancellationToken = ct, MaxDegreeOfParallelism = Environment.ProcessorCount }, (index, state) =>
        {
            problems[index] = Answer(problemOf, index);
            if (problems[index] is not null)
                state.Break();

            looked?.Invoke(Interlocked.Increment(ref done));
        });

        // The first by number, whichever thread came upon one first.
        if (problems.FirstOrDefault(problem => problem is not null) is { } first)
            throw new VideoException(first);
    }

    private static string? Answer(Func<int, string?> problemOf, int index)
    {
        try
        {
            return problemOf(index);
        }
        catch (VideoException problem)
        {
            return problem.Message;
        }
    }

    private static string? ProblemOf(IClipSource source, int index, int fewest)
    {
        int frames = source.FrameCount(index);
        return frames >= fewest ? null : $"clips: '{source.Items[index].Name}' has {frames} frames; at least {fewest} are needed.";
    }
}
