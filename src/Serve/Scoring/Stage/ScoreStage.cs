using System.Globalization;
using Unreel.Artifacts;
using Unreel.Pipelines;
using Unreel.Serve.Models;

namespace Unreel.Serve.Scoring;

/// <summary>Labels videos as a stage of a pipeline: the rows, report and pictures of <c>unreel score</c>, which shares its code.</summary>
public sealed partial class ScoreStage(TimeProvider clock, ILogger<ScoreStage> logger) : IShardedStage<ScoreStageOptions>
{
    private const string FileName = "scores";

    /// <inheritdoc/>
    public async Task<StageResult> RunAsync(ScoreStageOptions options, IStageContext context, CancellationToken ct)
    {
        ScoreTarget target = Target(options, context);
        if (HasParts(target) && !File.Exists(target.File))
            await new ScoreMerger(Settings(options), clock).RunAsync(new MergeOptions([target.File], target.File, Overwrite: true), ct);

        (ModelFile model, VideoListing listing) = await FindAsync(options, context, ct);
        ScoreSummary summary = await new FolderScorer(Settings(options), clock).RunAsync(RowOptions(options, target, null), target, listing, model, context.Progress, ct);
        if (summary.Failed == summary.Videos)
            throw new TooManyBadItemsException($"None of the {summary.Videos} videos of {options.Videos} could be read; the reasons are in {target.Failures}.");
        if (options.MaxFailures is { } most && summary.Failed > most)
            throw new TooManyBadItemsException($"{summary.Failed} videos could not be read; at most {most} may fail (max_failures). The reasons are in {target.Failures}.");

        return await ResultAsync(options, target, summary, ct);
    }

    /// <inheritdoc/>
    public bool CanShard(ScoreStageOptions options) => true;

    /// <summary>Scores every so many-th of the videos, as <c>unreel score --shard</c> does; where there are fewer videos than parts, the last parts have none.</summary>
    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> RunShardAsync(ScoreStageOptions options, StageShard shard, IStageContext context, CancellationToken ct)
    {
        (ModelFile model, VideoListing listing) = await FindAsync(options, context, ct);
        int parts = Math.Min(shard.Count, listing.Entries.Count);
        if (shard.Index >= parts)
            return [];

        ShardChoice choice = new(shard.Index, parts);
        ScoreTarget whole = Target(options, context);
        ScoreTarget target = whole with { File = Path.Combine(context.WorkFolder, $"{FileName}.{choice}.{options.Format}") };
        await new FolderScorer(Settings(options), clock).RunAsync(RowOptions(options, target, choice), target, listing, model, context.Progress, ct);
        return [Path.GetFileName(target.File), Path.GetFileName(target.Report)];
    }

    private static ScoreTarget Target(ScoreStageOptions options, IStageContext context) =>
        new(Path.Combine(context.WorkFolder, $"{FileName}.{options.Format}"), options.Format, null);

    // All of them or none are brought here.
    private static bool HasParts(ScoreTarget target) =>
        Directory.EnumerateFiles(Path.GetDirectoryName(target.File)!, $"{FileName}.*-of-*.{target.Format}").Any();

    private static async Task<(ModelFile Model, VideoListing Videos)> FindAsync(ScoreStageOptions options, IStageContext context, CancellationToken ct)
    {
        VideoFilter filter = new(options.Include, options.Exclude);
        string videos = await context.FetchAsync(options.Videos, ct);
        VideoListing listing = await context.DescribeAsync(options.Videos, ct) is { } artifact
            ? await ClipsArtifact.ReadFetchedAsync(artifact, videos, filter, ct)
            : Directory.Exists(videos) ? FolderListing.Read(videos, filter)
            : throw new UsageException($"{options.Videos} is a file; expected a folder of videos or an artifact of clips. A list of videos elsewhere is scored with unreel score.");
        if (listing.Entries.Count == 0)
            throw new UsageException($"{options.Videos} holds no videos{(listing.Notices.Count == 0 ? "." : $": {string.Join("; ", listing.Notices)}.")}");

        return (await ModelAsync(options, context, ct), listing);
    }

    private static async Task<ModelFile> ModelAsync(ScoreStageOptions options, IStageContext context, CancellationToken ct)
    {
        string path = await context.FetchAsync(options.Model, ct);
        if (await context.DescribeAsync(options.Model, ct) is not { } artifact)
            return await new ModelSource(store: null).FetchAsync(path, ct);
        if (artifact.Reference.Kind != ArtifactKind.Onnx || artifact.Manifest.Layers.All(layer => layer.Title != ModelSource.FileName))
            throw new UsageException($"{options.Model} is no model; expected an artifact of kind onnx with {ModelSource.FileName}, e.g. onnx/quickstart:latest.");

        // By what it is and not by a tag: the same work says the same of itself.
        return new ModelFile(artifact.Reference.ToString(), artifact.Reference.Digest, Path.Combine(path, ModelSource.FileName));
    }

    private static ScoreOptions RowOptions(ScoreStageOptions options, ScoreTarget target, ShardChoice? shard) => new()
    {
        Model = options.Model.Text,
        Videos = options.Videos.Text,
        Out = target.File,
        Format = options.Format,
        Include = options.Include,
        Exclude = options.Exclude,
        Truth = options.Truth,
        Shard = shard,
        TopK = options.TopK,
        MaxFailures = options.MaxFailures,
        Resume = true,
        Workers = options.Workers,
    };

    private static async Task<StageResult> ResultAsync(ScoreStageOptions options, ScoreTarget target, ScoreSummary summary, CancellationToken ct)
    {
        string[] files = [.. new[] { target.File, target.Report, target.Confusion, target.Failures }.Where(File.Exists)];
        int made = summary.Videos - summary.Resumed;
        return new StageResult
        {
            Kind = ArtifactKind.Scores,
            Files = [.. files.Select(file => new StageFile(file, Path.GetFileName(file), ScorePublisher.MediaTypes[Path.GetExtension(file)]))],
            Device = options.Device,
            Metrics = ScorePublisher.Metrics(await TallyAsync(target, ct)),
            Figures = made == 0 ? [] : new() { ["videos_per_second"] = made / Math.Max(summary.Elapsed.TotalSeconds, 1e-3) },
            Summary = string.Create(CultureInfo.InvariantCulture, $"{summary.Videos} videos, {summary.Failed} could not be read"),
            Details = summary.AccuracyText,
        };
    }

    private static async Task<ScoreTally> TallyAsync(ScoreTarget target, CancellationToken ct)
    {
        ScoreReport report = ScoreReport.Read(await File.ReadAllBytesAsync(target.Report, ct), target.Report);
        IScoreFormat format = ScoreFormats.Create(report.Identity.Rows, report.Identity.TopK, report.Identity.Truth);
        ScoreTally tally = new(report.Labels, report.Identity.TopK);
        await using FileStream rows = File.OpenRead(target.File);
        foreach (FinishedRow row in ScoreReport.Named(format.Read(rows), target.Name))
            tally.Add(row);
        return tally;
    }

    private ScoreSettings Settings(ScoreStageOptions options) => new()
    {
        Threads = options.Threads,
        Lanes = options.Parallel,
        Device = options.Device,
        Notice = LogNotice,
    };

    [LoggerMessage(LogLevel.Information, "{Notice}")]
    private partial void LogNotice(string notice);
}
