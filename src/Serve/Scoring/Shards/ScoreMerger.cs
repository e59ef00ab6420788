using System.Security.Cryptography;
using System.Text;
using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Serve.Scoring;

/// <summary>What to put together.</summary>
/// <param name="Parts">Files or artifacts of parts; or the name that was given to <c>--out</c>, which means all its parts.</param>
/// <param name="Out">Where to: a file or an artifact, as <see cref="ScoreOptions.Out"/>.</param>
/// <param name="Overwrite">Whether what is there may be replaced.</param>
public sealed record MergeOptions(IReadOnlyList<string> Parts, string Out, bool Overwrite = false);

/// <summary>Puts the parts of scored videos together: the bytes of a run that was never divided.</summary>
/// <param name="settings">What it is done with; no model is needed.</param>
/// <param name="clock">The clock.</param>
public sealed class ScoreMerger(ScoreSettings settings, TimeProvider clock)
{
    /// <summary>Merges.</summary>
    /// <exception cref="UsageException">A part is missing, there twice, of other work or damaged, or the output is there already.</exception>
    public async Task<ScoreSummary> RunAsync(MergeOptions options, CancellationToken ct)
    {
        long began = clock.GetTimestamp();
        DateTimeOffset started = clock.GetUtcNow();
        ScorePart[] parts = Check(await new ScoreParts(settings.Store).FindAsync(options.Parts, ct));
        ScoreReport whole = Whole(parts[0].Report);
        ScoreTarget target = ScoreTarget.Parse(options.Out, StageInput.Parse(options.Out).IsPath ? null : whole.Identity.Rows, null, settings.Store, null);
        if (target.Format != whole.Identity.Rows)
            throw new UsageException($"The parts are {whole.Identity.Rows}, but the output {options.Out} is {target.Format}.");
        if (!options.Overwrite && ScoreFile.IsStopped(target.File))
            throw new UsageException($"{ScoreFile.Part(target.File)} holds the rows of a run that was stopped; finish it with unreel score --resume, throw them away with --overwrite, or choose another --out.");
        if (!options.Overwrite && target.Artifact is null && File.Exists(target.File))
            throw new UsageException($"{target.File} is there already; replace it with --overwrite, or choose another --out.");

        ScorePublisher? publisher = target.Artifact is null ? null : new ScorePublisher(settings.Store!, settings.Runtime, clock);
        if (publisher is not null && !options.Overwrite)
            await publisher.CheckFreeAsync(target.Artifact!, ct);

        ScoreTally tally = await WriteAsync(target, whole, parts, ct);
        double rate = tally.Rows / Math.Max(clock.GetElapsedTime(began).TotalSeconds, 1e-3);
        ArtifactRef? artifact = publisher is null ? null : await publisher.PublishAsync(target, whole, tally, (started, rate), ct);
        ScoreSummary summary = ScoreRun.Summary(target, whole, tally, 0, artifact) with { Elapsed = clock.GetElapsedTime(began) };
        if (artifact is not null)
            target.Clear();
        return summary;
    }

    private static ScoreReport Whole(ScoreReport part)
    {
        System.Text.Json.Nodes.JsonObject options = part.Options.DeepClone().AsObject();
        options[ScoreWork.Shard] = null;
        return part with { Identity = part.Identity with { Shard = null }, Options = options };
    }

    // In the order of their numbers.
    private static ScorePart[] Check(IReadOnlyList<ScorePart> parts)
    {
        ScorePart first = parts.Count > 0 ? parts[0] : throw new UsageException("No parts were named; expected files such as scores.0-of-4.csv.");
        foreach (ScorePart part in parts)
        {
            if (part.Count != first.Count)
                throw new UsageException($"{first.Name} is one of {first.Count} parts and {part.Name} one of {part.Count}: they are not of one division.");
            if (part.Report.Identity.Difference(first.Report.Identity with { Shard = part.Report.Identity.Shard }) is { } other)
                throw new UsageException($"{part.Name} does not fit {first.Name}: {other}.");
        }

        if (parts.GroupBy(part => part.Index).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new UsageException($"The part {twice.Key} is there twice: {string.Join(" and ", twice.Select(part => part.Name))}.");

        int[] missing = [.. Enumerable.Range(0, first.Count).Except(parts.Select(part => part.Index))];
        return missing.Length == 0
            ? [.. parts.OrderBy(part => part.Index)]
            : throw new UsageException($"Of {first.Count} parts {missing.Length} are missing: {string.Join(", ", missing.Take(8).Select(index => new ShardChoice(index, first.Count)))}{(missing.Length > 8 ? " and more" : string.Empty)}.");
    }

    private static async Task<ScoreTally> WriteAsync(ScoreTarget target, ScoreReport whole, ScorePart[] parts, CancellationToken ct)
    {
        IScoreFormat format = ScoreFormats.Create(whole.Identity.Rows, whole.Identity.TopK, whole.Identity.Truth);
        List<IEnumerator<FinishedRow>> rows = [];
        List<Stream> streams = [];
        try
        {
            // Before anything is thrown away for them.
            foreach (ScorePart part in parts)
            {
                streams.Add(await OpenAsync(part, parts.Length, ct));
                rows.Add(ScoreReport.Named(format.Read(streams[^1]), part.Name).GetEnumerator());
            }

            using ScoreFile file = ScoreFile.Open(target.File);
            Fill(file, whole.Identity, format, parts, rows, ct);
            ScoreTally tally = whole.Write(target, file.Rows(format));
            file.Finish();
            return tally;
        }
        finally
        {
            rows.ForEach(each => each.Dispose());
            streams.ForEach(each => each.Dispose());
        }
    }

    private static async Task<Stream> OpenAsync(ScorePart part, int count, CancellationToken ct)
    {
        try
        {
            return await part.Open(ct);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{part.Name}, one of {count} parts that are all read at once, cannot be opened: {problem.Message}", problem);
        }
    }

    private static void Fill(ScoreFile file, ScoreIdentity whole, IScoreFormat format, ScorePart[] parts, List<IEnumerator<FinishedRow>> rows, CancellationToken ct)
    {
        file.Begin(whole, format);
        try
        {
            Interleave(whole, parts, rows, file, ct);
        }
        catch
        {
            // Half a merge is of no use to anybody.
            file.Clear();
            throw;
        }
    }

    private static void Interleave(ScoreIdentity whole, ScorePart[] parts, List<IEnumerator<FinishedRow>> rows, ScoreFile file, CancellationToken ct)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int index = 0; index < whole.Count; index++)
        {
            ct.ThrowIfCancellationRequested();
            (ScorePart part, IEnumerator<FinishedRow> from) = (parts[index % parts.Length], rows[index % parts.Length]);
            if (!from.MoveNext())
                throw new UsageException($"{part.Name} has {index / parts.Length} rows; expected {part.Rows}.");
            if (!names.Add(from.Current.File))
                throw new UsageException($"{part.Name} has a row for {from.Current.File}, which has one already.");

            hash.AppendData(Encoding.UTF8.GetBytes(VideoListing.NameAndTruth(from.Current.File, from.Current.Truth)));
            file.Add(from.Current);
        }

        int longer = rows.FindIndex(each => each.MoveNext());
        if (longer >= 0)
            throw new UsageException($"{parts[longer].Name} has more than its {parts[longer].Rows} rows, such as one for {rows[longer].Current.File}.");
        if (Digest.FromHash(hash.GetHashAndReset()) != whole.Videos)
            throw new UsageException("The parts have other videos, another order or other true labels than they were made for: they were changed.");
    }
}
