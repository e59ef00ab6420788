using System.ComponentModel.DataAnnotations;
using Unreel.Pipelines;
using Unreel.Serve.Models;

namespace Unreel.Serve.Scoring;

/// <summary>Labels a folder of videos: one row a video, in the order of their names, whatever happens on the way.</summary>
/// <param name="settings">What it is done with.</param>
/// <param name="clock">The clock.</param>
public sealed class FolderScorer(ScoreSettings settings, TimeProvider clock)
{
    private readonly ScorePlan _plan = ScorePlan.Choose(settings.Threads, settings.Lanes, settings.Device, Environment.ProcessorCount);

    /// <summary>Composes a scorer of this machine's clock.</summary>
    /// <exception cref="UsageException">There is no such device.</exception>
    public static FolderScorer Create(ScoreSettings settings)
    {
        // Complains before videos are searched for.
        _ = OnnxModelLoader.OptionsOf(settings.Threads, settings.Device);
        return new FolderScorer(settings, TimeProvider.System);
    }

    /// <summary>Scores all videos.</summary>
    /// <exception cref="UsageException">Model, videos, output or options are wrong.</exception>
    /// <exception cref="TooManyBadItemsException">More videos than allowed could not be read; the rows so far are kept and can be taken up.</exception>
    public async Task<ScoreSummary> RunAsync(ScoreOptions options, IProgress<StageProgress> progress, CancellationToken ct)
    {
        Check(options);
        ScoreTarget target = ScoreTarget.Parse(options.Out, options.Format, options.Shard, settings.Store, options.Work);
        await CheckFreeAsync(target, options, ct);
        VideoListing listing = await new VideoLister(settings.Store).ReadAsync(options, ct);
        ModelFile file = await new ModelSource(settings.Store, settings.CacheFolder, settings.Signatures).FetchAsync(options.Model, ct);
        return await RunAsync(options, target, listing, file, progress, ct);
    }

    /// <summary>Scores videos that were found already, with a model that is here.</summary>
    /// <exception cref="UsageException">The model cannot be used, or what an earlier run left is of other work.</exception>
    /// <exception cref="TooManyBadItemsException">More videos than allowed could not be read; the rows so far are kept and can be taken up.</exception>
    internal async Task<ScoreSummary> RunAsync(ScoreOptions options, ScoreTarget target, VideoListing listing, ModelFile file, IProgress<StageProgress> progress, CancellationToken ct)
    {
        ServedModel model = new(file, await Task.Run(() => Loader().Load(file), ct), clock, _plan.Lanes);
        try
        {
            ScoreWork work = ScoreWork.Prepare(options, target, listing, file, model.Classifier.Labels, settings.Device);
            foreach (string notice in work.Notices)
                settings.Notice(notice);
            return await new ScoreRun(settings, clock).RunAsync(work, model, progress, ct);
        }
        finally
        {
            model.Release();
            await model.Closed;
        }
    }

    private static void Check(ScoreOptions options)
    {
        List<ValidationResult> wrong = [];
        if (!Validator.TryValidateObject(options, new ValidationContext(options), wrong, validateAllProperties: true))
            throw new UsageException(string.Join(' ', wrong.Select(result => result.ErrorMessage)));
    }

    private IModelLoader Loader() => settings.Loader
        ?? new OnnxModelLoader(OnnxModelLoader.OptionsOf(_plan.Threads, settings.Device) with { ProfileTo = settings.ProfileTo }, settings.Notice);

    // Before the model is brought here, which may take long.
    private async Task CheckFreeAsync(ScoreTarget target, ScoreOptions options, CancellationToken ct)
    {
        if (options.Resume || options.Overwrite)
            return;
        if (ScoreFile.IsStopped(target.File))
            throw new UsageException($"{ScoreFile.Part(target.File)} holds the rows of a run that was stopped; go on with --resume, or throw them away with --overwrite.");
        if (target.Artifact is not null)
            await new ScorePublisher(settings.Store!, settings.Runtime, clock).CheckFreeAsync(target.Artifact, ct);
        else if (File.Exists(target.File))
            throw new UsageException($"{target.File} is there already; replace it with --overwrite, leave it if it is this work's with --resume, or choose another --out.");
    }
}
