using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Unreel.Artifacts;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Serve.Classify;
using Unreel.Serve.Decoding;
using Unreel.Serve.Models;
using Unreel.Video;

namespace Unreel.Serve.Scoring;

/// <summary>Labels a folder of videos: one row a video, in the order of their names, whatever happens on the way.</summary>
public sealed class FolderScorer(ModelSource source, IModelLoader loader, TimeProvider clock)
{
    /// <summary>Composes a scorer.</summary>
    /// <param name="store">Where models come from; null where there is no store.</param>
    /// <param name="cacheFolder">Where models are kept by digest; null for the default.</param>
    /// <param name="threads">The threads one inference uses; 0 means all cores.</param>
    /// <param name="device">Where inference runs, as <see cref="ServeOptions.Device"/>.</param>
    /// <param name="notice">Told where the model runs on another device than was asked for.</param>
    /// <param name="profileTo">Where the times of the model's nodes are written, as <see cref="OnnxModelOptions.ProfileTo"/>; null for no profile.</param>
    /// <exception cref="UsageException">There is no such device.</exception>
    public static FolderScorer Create(
        IArtifactStore? store, string? cacheFolder = null, int threads = 0, string device = "cpu", Action<string>? notice = null, string? profileTo = null) =>
        new(new ModelSource(store, cacheFolder), new OnnxModelLoader(OnnxModelLoader.OptionsOf(threads, device) with { ProfileTo = profileTo }, notice ?? (_ => { })), TimeProvider.System);

    /// <summary>Scores all videos.</summary>
    /// <exception cref="UsageException">Model, videos, output or options are wrong.</exception>
    /// <exception cref="TooManyBadItemsException">More videos than allowed could not be read; the rows so far are kept and can be taken up.</exception>
    public async Task<ScoreSummary> RunAsync(ScoreOptions options, IProgress<StageProgress> progress, CancellationToken ct)
    {
        Check(options);
        IReadOnlyList<VideoEntry> videos = VideoList.Read(options.Videos);
        ModelFile file = await source.FetchAsync(options.Model, ct);
        using IClipClassifier model = await Task.Run(() => loader.Load(file), ct);
        int topK = Math.Min(options.TopK, model.Labels.Count);
        IScoreFormat format = options.Out.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase) ? new JsonLineScores() : new CsvScores(topK);

        long began = clock.GetTimestamp();
        using ScoreFile output = ScoreFile.Open(options, format, file.Digest, videos);
        int failed = await Task.Run(() => Score(new Work(options, videos, model, topK, output, began), progress, ct), ct);
        output.Finish();
        return new ScoreSummary(videos.Count, failed, output.Finished.Count, clock.GetElapsedTime(began), file);
    }

    private static void Check(ScoreOptions options)
    {
        List<ValidationResult> wrong = [];
        if (!Validator.TryValidateObject(options, new ValidationContext(options), wrong, validateAllProperties: true))
            throw new UsageException(string.Join(' ', wrong.Select(result => result.ErrorMessage)));
        if (!options.Out.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) && !options.Out.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase))
            throw new UsageException($"The output {options.Out} ends in neither .csv nor .jsonl.");
        if (Directory.Exists(options.Out))
            throw new UsageException($"The output {options.Out} is a folder; expected a file.");
    }

    private int Score(Work work, IProgress<StageProgress> progress, CancellationToken ct)
    {
        int resumed = work.Output.Finished.Count;
        int failed = work.Output.Finished.Count(row => row.Failed);
        CheckFailures(work, failed, null);
        int workers = work.Options.Workers == 0 ? Environment.ProcessorCount : work.Options.Workers;
        using OrderedPrefetcher<Attempt> ahead = new((index, cancelled) => Decode(work.Videos[(int)index], work.Model, cancelled), resumed, work.Videos.Count, workers, 2 * workers);
        for (int index = resumed; index < work.Videos.Count; index++)
        {
            ScoreRow row = Classify(work.Videos[index], ahead.Take(ct), work, ct);
            ct.ThrowIfCancellationRequested();
            work.Output.Add(row);
            if (row.Error is not null)
                CheckFailures(work, ++failed, row);

            progress.Report(new StageProgress("scoring", index + 1, work.Videos.Count, "videos", Detail(work, index + 1, resumed, failed)));
        }

        return failed;
    }

    private static Attempt Decode(VideoEntry video, IClipClassifier model, CancellationToken ct)
    {
        try
        {
            using VideoReader reader = VideoReader.Open(video.Path);
            return new Attempt(new DecodedClip(reader.Info, model.Preparation.Read(reader, ct)), null);
        }
        catch (Exception problem) when (problem is VideoException or IOException or UnauthorizedAccessException)
        {
            // By the row's own name, so that the same videos give the same file wherever they lie.
            return new Attempt(null, problem.Message.Replace(video.Path, video.Name, StringComparison.Ordinal));
        }
    }

    private static ScoreRow Classify(VideoEntry video, Attempt attempt, Work work, CancellationToken ct)
    {
        if (attempt.Clip is not { } clip)
            return new ScoreRow(video.Name, [], null, null, attempt.Error);

        float[] probabilities = ViewAverage.Of(work.Model.Run(clip.Views.Pixels, clip.Views.Views, ct)).Probabilities;
        return new ScoreRow(video.Name, Ranking.Top(probabilities, work.Model.Labels, work.TopK), Math.Round(clip.Info.Duration.TotalSeconds, 3), clip.Info.FrameCount, null);
    }

    private static void CheckFailures(Work work, int failed, ScoreRow? last)
    {
        if (work.Options.MaxFailures is { } most && failed > most)
            throw new TooManyBadItemsException($"{failed} videos could not be read; at most {most} may fail. {(last is null ? "They are" : $"The last was {last.File} ({last.Error}); the rows are")} in {work.Options.Out}.part; --resume goes on from there.");
    }

    private string Detail(Work work, int done, int resumed, int failed)
    {
        double seconds = clock.GetElapsedTime(work.Began).TotalSeconds;
        double rate = (done - resumed) / Math.Max(seconds, 1e-3);
        double left = (work.Videos.Count - done) / rate;
        return string.Create(CultureInfo.InvariantCulture, $"{rate:0.0} videos/s, {TimeSpan.FromSeconds(Math.Ceiling(left)):c} to go, {failed} failed");
    }

    private sealed record Work(ScoreOptions Options, IReadOnlyList<VideoEntry> Videos, IClipClassifier Model, int TopK, ScoreFile Output, long Began);

    private sealed record Attempt(DecodedClip? Clip, string? Error);
}
