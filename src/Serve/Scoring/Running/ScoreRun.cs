using System.Globalization;
using Unreel.Artifacts;
using Unreel.Pipelines;
using Unreel.Serve.Models;

namespace Unreel.Serve.Scoring;

/// <summary>Makes the rows of a piece of work, from wherever an earlier run left them, and puts them where they go.</summary>
/// <param name="settings">What it is done with.</param>
/// <param name="clock">The clock.</param>
internal sealed class ScoreRun(ScoreSettings settings, TimeProvider clock)
{
    /// <summary>Runs it.</summary>
    /// <exception cref="UsageException">What an earlier run left is of other work.</exception>
    /// <exception cref="TooManyBadItemsException">More videos than allowed could not be read.</exception>
    public async Task<ScoreSummary> RunAsync(ScoreWork work, ServedModel model, IProgress<StageProgress> progress, CancellationToken ct)
    {
        (long began, DateTimeOffset started) = (clock.GetTimestamp(), clock.GetUtcNow());
        ScorePublisher? publisher = work.Target.Artifact is null ? null : new ScorePublisher(settings.Store!, settings.Runtime, clock);
        if (await FinishedAsync(work, publisher, ct) is { } done)
            return done with { Elapsed = clock.GetElapsedTime(began) };

        ScoreTally tally;
        int resumed;
        using (ScoreFile file = ScoreFile.Open(work.Target.File))
        {
            resumed = Take(file, work);
            await ScoreAsync(file, work, model, progress, ct);
            tally = work.Report.Write(work.Target, file.Rows(work.Format));
            file.Finish();
        }

        double rate = (work.Videos.Count - resumed) / Math.Max(clock.GetElapsedTime(began).TotalSeconds, 1e-3);
        ArtifactRef? artifact = publisher is null ? null : await publisher.PublishAsync(work.Target, work.Report, tally, (started, rate), ct);
        ScoreSummary summary = Summary(work.Target, work.Report, tally, resumed, artifact) with { Elapsed = clock.GetElapsedTime(began) };
        if (artifact is not null)
            work.Target.Clear();
        return summary;
    }

    private static int Take(ScoreFile file, ScoreWork work)
    {
        if (work.Options.Resume && ScoreFile.IsStopped(work.Target.File))
            file.TakeUp(work.Identity, work.Format, work.Videos);
        else
            file.Begin(work.Identity, work.Format);
        CheckFailures(work, file.Failed, null);
        return file.Finished;
    }

    /// <summary>Sums up finished rows.</summary>
    public static ScoreSummary Summary(ScoreTarget target, ScoreReport report, ScoreTally tally, int resumed, ArtifactRef? artifact) => new(target.Name, tally.Rows, tally.Failed, resumed, TimeSpan.Zero)
    {
        Model = report.Identity.Model,
        Artifact = artifact,
        Files = artifact is null ? [.. new[] { target.Report, target.Confusion, target.Failures }.Where(File.Exists)] : [],
        Accuracy = tally.ToJson(),
        AccuracyText = AccuracyText.Write(tally),
    };

    private static void CheckFailures(ScoreWork work, int failed, ScoreRow? last)
    {
        if (work.Options.MaxFailures is { } most && failed > most)
            throw new TooManyBadItemsException($"{failed} videos could not be read; at most {most} may fail. {(last is null ? "They are" : $"The last was {last.File} ({last.Error}); the rows are")} in {ScoreFile.Part(work.Target.File)}; --resume goes on from there.");
    }

    // What is whole already is left as it is, so that the same command may be given again whatever became of it before.
    private async Task<ScoreSummary?> FinishedAsync(ScoreWork work, ScorePublisher? publisher, CancellationToken ct)
    {
        if (!work.Options.Resume || ScoreFile.IsStopped(work.Target.File))
            return null;
        if (File.Exists(work.Target.File))
            return await LeftAsync(work, publisher, ct);
        if (work.Options.Overwrite || publisher is null || await publisher.FinishedAsync(work.Target.Artifact!, work.Identity, ct) is not { } artifact)
            return null;

        Descriptor rows = artifact.Manifest.Layers.First(layer => layer.Title == Path.GetFileName(work.Target.File));
        await using Stream stream = await settings.Store!.OpenAsync(rows, ct);
        return Summary(work.Target, work.Report, Tally(work, stream), work.Videos.Count, artifact.Reference);
    }

    // Finished, but perhaps killed before it was published.
    private async Task<ScoreSummary?> LeftAsync(ScoreWork work, ScorePublisher? publisher, CancellationToken ct)
    {
        string? other = File.Exists(work.Target.Report)
            ? ScoreReport.Read(await File.ReadAllBytesAsync(work.Target.Report, ct), work.Target.Report).Identity.Difference(work.Identity)
            : $"{work.Target.Report} is not beside it";
        if (other is not null && work.Options.Overwrite)
            return null;
        if (other is not null)
            throw new UsageException($"{work.Target.File} is there already, and not of this work: {other}. Replace it with --overwrite, or choose another --out.");

        ScoreFile.Discard(work.Target.File);
        ScoreTally tally;
        await using (FileStream rows = File.OpenRead(work.Target.File))
            tally = Tally(work, rows);
        ArtifactRef? artifact = publisher is null ? null : await publisher.PublishAsync(work.Target, work.Report, tally, (clock.GetUtcNow(), 0), ct);
        ScoreSummary summary = Summary(work.Target, work.Report, tally, work.Videos.Count, artifact);
        if (artifact is not null)
            work.Target.Clear();
        return summary;
    }

    private static ScoreTally Tally(ScoreWork work, Stream rows)
    {
        ScoreTally tally = new(work.Report.Labels, work.Identity.TopK);
        foreach (FinishedRow row in ScoreReport.Named(work.Format.Read(rows), work.Target.Name))
            tally.Add(row);
        return tally;
    }

    private async Task ScoreAsync(ScoreFile file, ScoreWork work, ServedModel model, IProgress<StageProgress> progress, CancellationToken ct)
    {
        (int done, int failed, long began) = (file.Finished, file.Failed, clock.GetTimestamp());
        int workers = work.Options.Workers == 0 ? Environment.ProcessorCount : work.Options.Workers;
        VideoOpener opener = new(settings.Store, work.Target.Artifact is null ? null : Path.GetDirectoryName(work.Target.File));
        using ScoreDecoder? own = settings.Decoder is null ? ScoreDecoder.Start(workers) : null;
        using RowSource rows = new(settings.Decoder ?? own!.Decoder, opener, model, work.Identity.TopK, workers);
        await foreach (ScoreRow row in rows.RowsAsync(work.Videos, file.Finished, ct))
        {
            file.Add(row, work.Format);
            done++;
            if (row.Error is not null)
                CheckFailures(work, ++failed, row);

            progress.Report(new StageProgress("scoring", done, work.Videos.Count, "videos", Detail(done - file.Finished, work.Videos.Count - done, failed, clock.GetElapsedTime(began))));
        }
    }

    private static string Detail(int done, int left, int failed, TimeSpan elapsed)
    {
        double rate = done / Math.Max(elapsed.TotalSeconds, 1e-3);
        return string.Create(CultureInfo.InvariantCulture, $"{rate:0.0} videos/s, {TimeSpan.FromSeconds(Math.Ceiling(left / rate)):c} to go, {failed} failed");
    }
}
