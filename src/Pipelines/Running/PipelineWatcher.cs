using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>Runs a pipeline whenever its file or one of its inputs from outside, a tag or a folder, has changed.</summary>
public sealed class PipelineWatcher
{
    private const int MaxDoublings = 6;

    private readonly PipelineRunner _runner;
    private readonly IStoreOpener _stores;
    private readonly IRunReporter _reporter;
    private readonly ErrorKinds _errors;
    private readonly TimeProvider _time;

    internal PipelineWatcher(PipelineRunner runner, IStoreOpener stores, IRunReporter reporter, ErrorKinds errors, TimeProvider time) =>
        (_runner, _stores, _reporter, _errors, _time) = (runner, stores, reporter, errors, time);

    /// <summary>Runs at once, then looks at the pipeline's file and its inputs at every interval, until cancelled.</summary>
    /// <remarks>
    /// A run that failed for reasons that may pass (a store out of reach, a full disk) is tried again after one interval,
    /// then two, four, up to 64; one whose options, inputs or gate were at fault waits for a change. A file that has become wrong
    /// is told once, and nothing runs until it is mended.
    /// </remarks>
    /// <param name="pipeline">The pipeline as it is.</param>
    /// <param name="load">Reads it anew.</param>
    /// <param name="settings">How to run it; what is forced is forced once.</param>
    /// <param name="interval">How long to wait between looks.</param>
    /// <param name="ct">Ends the watching.</param>
    /// <returns>The report of the last run, with the exit code of being cancelled.</returns>
    public async Task<RunReport> WatchAsync(PipelineFile pipeline, Func<PipelineFile> load, RunSettings settings, TimeSpan interval, CancellationToken ct)
    {
        RunReport last = new([], ExitCodes.Cancelled, TimeSpan.Zero);
        RunSettings next = settings;
        WatchedFile file = new(pipeline, load, _errors, _reporter);
        string? seen = null;
        int failures = 0;
        while (!ct.IsCancellationRequested)
        {
            string? now = file.Look() is { } current ? await LookAsync(current, file.State, settings, ct) : null;
            bool retry = failures > 0;
            if (now is null && file.IsSound && !ct.IsCancellationRequested)
                failures++;
            else if (now is not null && (now != seen || retry))
            {
                seen = now;
                last = await _runner.RunAsync(file.Pipeline, next, ct);
                failures = last.ExitCode == ExitCodes.Failed ? failures + 1 : 0;
                next = settings with { ForceAll = false, Force = [], From = null };
                if (!ct.IsCancellationRequested)
                    _reporter.Message(MessageLevel.Info, null, "Waiting for the pipeline or an input to change.");
            }

            await WaitAsync(interval * (1 << Math.Clamp(failures - 1, 0, MaxDoublings)), ct);
        }

        return last with { ExitCode = ExitCodes.Cancelled };
    }

    private async Task WaitAsync(TimeSpan delay, CancellationToken ct)
    {
        try
        {
            await Task.Delay(delay, _time, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Being cancelled is how watching ends; the loop sees it.
        }
    }

    /// <summary>What the file and all inputs from outside are now; null where that cannot be told.</summary>
    private async Task<string?> LookAsync(PipelineFile pipeline, string file, RunSettings settings, CancellationToken ct)
    {
        try
        {
            string location = PipelineFile.StoreLocation(settings.Store ?? pipeline.Store, Directory.GetCurrentDirectory());
            FolderDigester folders = new(PipelineRunner.WorkRoot(pipeline, settings with { Store = location }), _time);
            StageKeys keys = new(_stores.Open(location), folders);
            List<string> states = [file];
            foreach (PlannedStage stage in pipeline.Stages)
                states.AddRange(await StatesAsync(stage, keys, ct));

            return string.Join('\n', states);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e) when (e is StoreException or IOException)
        {
            _reporter.Message(MessageLevel.Warning, null, $"The inputs cannot be looked at, which is tried again: {e.Message}");
            return null;
        }
    }

    private static async Task<List<string>> StatesAsync(PlannedStage stage, StageKeys keys, CancellationToken ct)
    {
        StageInput placeholder = StageInput.Of(PlannedStage.Pending);
        List<string> states = [];
        foreach ((string path, StageInput input) in OptionsJson.Inputs(stage.BindPending()).Where(found => found.Input != placeholder))
        {
            try
            {
                states.Add($"{stage.Id}.{path}={(await keys.ResolveAsync(input, path, path, ct)).Digest}");
            }
            catch (UsageException)
            {
                // Not there yet: the run says so, and begins again when this line changes.
                states.Add($"{stage.Id}.{path} is missing");
            }
        }

        return states;
    }
}
