using System.Globalization;
using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>Runs stages in a process that is not rank 0: it works where it is called to, and publishes nothing.</summary>
internal sealed class StageFollower(
    RunScope scope, IReadOnlyDictionary<StageDescription, IStageWorker> workers, IRunReporter reporter, StageNotes notes, TimeProvider time)
{
    private readonly StageKeys _keys = new(scope.Store, new FolderDigester(scope.WorkRoot, time));
    private readonly InputFetcher _fetcher = new(scope.Store, scope.WorkRoot, time);

    /// <summary>Goes along with rank 0 through a stage; errors are thrown.</summary>
    public async Task<RunOutcome> RunAsync(PlannedStage stage, CancellationToken ct)
    {
        string? called = await notes.HearBeginAsync(stage, ct);
        if (called is not null)
            await WorkAsync(stage, called, ct);

        ArtifactRef? artifact = await notes.HearEndAsync(stage, ct);
        if (artifact is { } output)
            scope.Outputs[stage.Id] = output;
        StageState state = artifact is null ? StageState.WouldRun : called is null ? StageState.UpToDate : StageState.Done;
        return new RunOutcome { Stage = stage, State = state, Reason = "as rank 0 says", Artifact = artifact };
    }

    private async Task WorkAsync(PlannedStage stage, string called, CancellationToken ct)
    {
        object options = stage.Bind(id => scope.Outputs[id]);
        StageKey key = await _keys.ComputeAsync(stage.Description, stage.Id, options, ct);
        if (key.Digest.ToString() != called)
            throw new UsageException($"{stage.Id}: {notes.Peers.Name(notes.Peers.Rank)} has other options, inputs or version than rank 0 (its key is {key.Digest}; expected {called}). Start all processes with the same command and the same inputs.");

        string folder = string.Create(CultureInfo.InvariantCulture, $"{scope.WorkFolder(key)}.rank{notes.Peers.Rank}");
        Directory.CreateDirectory(folder);
        try
        {
            DirectProgress<StageProgress> progress = new(report => reporter.Progress(stage, report));
            await workers[stage.Description].RunAsync(options, new StageContext(folder, progress, key, _keys, _fetcher, scope.Store), ct);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
