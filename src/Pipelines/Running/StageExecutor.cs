using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>Takes one stage from options to a published artifact, or finds that nothing needs doing.</summary>
internal sealed class StageExecutor(
    RunScope scope, IReadOnlyDictionary<StageDescription, IStageWorker> workers, IRunReporter reporter, IRuntimeDescription runtime, StageNotes? notes, TimeProvider time)
{
    private readonly StageHistory _history = new(scope.Store);
    private readonly FinishedWork _finished = new(scope.Store, new BlobCheck(scope.Store, scope.WorkRoot, time, !scope.Settings.DryRun));
    private readonly StageKeys _keys = new(scope.Store, new FolderDigester(scope.WorkRoot, time, !scope.Settings.DryRun));
    private readonly InputFetcher _fetcher = new(scope.Store, scope.WorkRoot, time);
    private readonly Publisher _publisher = new(scope.Store, runtime, time);
    private readonly WorkFolders _folders = new(scope, notes is not null);

    private PartWork Parts => field ??= new PartWork(scope, workers, reporter, _keys, _fetcher, time);

    /// <summary>Runs a stage unless it is up to date; errors are thrown.</summary>
    public async Task<RunOutcome> RunAsync(PlannedStage stage, CancellationToken ct)
    {
        RunOutcome outcome = await DecideAsync(stage, ct);
        notes?.Ended(stage, outcome.Artifact);
        return outcome;
    }

    private async Task<RunOutcome> DecideAsync(PlannedStage stage, CancellationToken ct)
    {
        if (stage.Dependencies.FirstOrDefault(id => !scope.Outputs.ContainsKey(id)) is { } pending)
            return await WaitsAsync(stage, pending, ct);

        object options = stage.Bind(id => scope.Outputs[id]);
        StageKey key = await _keys.ComputeAsync(stage.Description, stage.Id, options, ct);
        (Finished finished, StageComparison? compared) = await LookUpAsync(stage, key, ct);
        if (finished.Artifact is { } whole)
            return await UpToDateAsync(stage, key, whole, finished.Summary, _folders.ClearIfFree, ct);
        if (!scope.Selection.IsWanted(stage))
            throw new UsageException($"{stage.Id} is needed and not up to date ({finished.Reason}); expected it finished. Run it too, or leave out --only.");
        if (scope.Settings.Shard is { } shard && scope.Selection.IsWanted(stage))
            return await Parts.RunAsync(stage, options, key, shard, ct);
        if (scope.Settings.DryRun)
        {
            if (finished.IsDamaged)
                scope.MadeAnew[stage.Id] = true;
            return new RunOutcome { Stage = stage, State = StageState.WouldRun, Key = key.Digest, Reason = finished.Reason, Last = compared?.Last, Differences = compared?.Differences ?? [] };
        }

        RunOutcome ran = await RunInTurnAsync(stage, options, key, finished.Reason, ct);
        return ran with { Last = compared?.Last, Differences = compared?.Differences ?? [] };
    }

    /// <summary>Only in a dry run: what it depends on would run first, and what else changed can be told already.</summary>
    private async Task<RunOutcome> WaitsAsync(PlannedStage stage, string pending, CancellationToken ct)
    {
        StageComparison? compared = await _history.CompareAsync(stage, scope.Outputs, _keys, ct);
        IReadOnlyList<StageDifference> differences = compared?.Differences ?? [];
        bool isOpen = compared is not null && differences.Count == 0 && !scope.Selection.IsForced(stage)
            && stage.Dependencies.All(id => scope.Outputs.ContainsKey(id) || scope.MadeAnew.ContainsKey(id));
        if (isOpen)
            scope.MadeAnew[stage.Id] = true;
        string reason = isOpen ? $"{pending} would be made anew first; if it comes out as it was, nothing follows" : $"{pending} would run first";
        return new RunOutcome { Stage = stage, State = StageState.WouldRun, Reason = reason, IsOpen = isOpen, Last = compared?.Last, Differences = differences };
    }

    private async Task<RunOutcome> RunInTurnAsync(PlannedStage stage, object options, StageKey key, string reason, CancellationToken ct)
    {
        // Two stages of this run may be the same work under two names: the second finds what the first has done.
        SemaphoreSlim turn = scope.TurnOf(key);
        await turn.WaitAsync(ct);
        try
        {
            return await RunLockedAsync(stage, options, key, reason, ct);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<RunOutcome> RunLockedAsync(PlannedStage stage, object options, StageKey key, string reason, CancellationToken ct)
    {
        using WorkLock held = await WorkLock.TakeAsync(_folders.LockPath(key), scope.Settings.WaitForOthers, Waiting, time, ct);

        // Another run may have finished the same work since it was looked for.
        if (!scope.Selection.IsForced(stage) && await FindAsync(stage, key, ct) is { Artifact: { } theirs, Summary: var summary })
            return await UpToDateAsync(stage, key, theirs, summary, _folders.Clear, ct);

        return await RunAloneAsync(stage, options, key, reason, ct);

        void Waiting(string who) => reporter.Message(MessageLevel.Info, stage.Id, who);
    }

    private async Task<RunOutcome> RunAloneAsync(PlannedStage stage, object options, StageKey key, string reason, CancellationToken ct)
    {
        string folder = scope.WorkFolder(key);
        if (scope.Selection.IsForced(stage))
            WorkFolders.Remove(folder);
        Directory.CreateDirectory(folder);

        reporter.StageStarted(stage, reason);
        DateTimeOffset started = time.GetUtcNow();
        DirectProgress<StageProgress> progress = new(report => reporter.Progress(stage, report));
        StageContext context = new(folder, progress, key, _keys, _fetcher, scope.Store);
        if (stage.Description.IsShared)
            notes?.Begins(stage, key.Digest);
        await Parts.BringAsync(stage, options, key, folder, ct);
        StageResult result = await workers[stage.Description].RunAsync(options, context, ct);
        await CheckUnchangedAsync(stage, key, ct);

        ArtifactRef artifact = await _publisher.PublishAsync(stage, key, result, started, ct);
        await _finished.RememberAsync(key.Digest, artifact, result.Summary, ct);
        await FinishAsync(stage, key, artifact, _folders.Clear, ct);
        if (result.Details is { } details)
            reporter.Message(MessageLevel.Info, stage.Id, details);
        return new RunOutcome { Stage = stage, State = StageState.Done, Reason = reason, Artifact = artifact, Key = key.Digest, Summary = result.Summary };
    }

    /// <summary>What a folder of the user's held when the key was computed is what the result must be known by.</summary>
    private async Task CheckUnchangedAsync(PlannedStage stage, StageKey key, CancellationToken ct)
    {
        foreach (ResolvedInput input in key.Inputs.Where(input => input.Artifact is null))
        {
            ResolvedInput now = await _keys.ResolveAsync(input.Input, input.Option, $"{stage.Id}.{input.Option}", ct);
            if (now.Digest != input.Digest)
                throw new UsageException($"{stage.Id}.{input.Option}: {input.Input.Text} changed while the stage was at work; nothing is published. Run it again.");
        }
    }

    private async Task<(Finished Finished, StageComparison? Compared)> LookUpAsync(PlannedStage stage, StageKey key, CancellationToken ct)
    {
        if (scope.Selection.IsForced(stage))
            return (new Finished(null, null, "asked to run again"), null);

        Finished finished = await FindAsync(stage, key, ct);
        if (finished.Artifact is not null || (finished.IsDamaged && scope.Settings.DryRun))
            return (finished, null);
        if (finished.IsDamaged)
        {
            // Told whole as a warning; what the stage runs for need not say it once more.
            reporter.Message(MessageLevel.Warning, stage.Id, $"{finished.Reason}; it must be made again.");
            return (finished with { Reason = "its output is damaged" }, null);
        }

        StageComparison? compared = await _history.CompareAsync(stage, key, ct);
        string? reason = compared is null ? null : StageHistory.Reason(compared.Differences);
        return (finished with { Reason = reason ?? scope.Lock?.Changed(stage, key) ?? finished.Reason }, compared);
    }

    private Task<Finished> FindAsync(PlannedStage stage, StageKey key, CancellationToken ct) =>
        _finished.FindAsync(key.Digest, stage.ArtifactName, scope.Settings.VerifyDeep, scope.Settings.DryRun, ct);

    private async Task<RunOutcome> UpToDateAsync(PlannedStage stage, StageKey key, ArtifactRef artifact, string? summary, Action<StageKey> clear, CancellationToken ct)
    {
        if (scope.Settings.DryRun)
            scope.Outputs[stage.Id] = artifact;
        else
            await FinishAsync(stage, key, artifact, clear, ct);
        return new RunOutcome { Stage = stage, State = StageState.UpToDate, Reason = "up to date", Artifact = artifact, Key = key.Digest, Summary = summary };
    }

    /// <summary>What follows publishing; a run that was killed before it got here is taken up by the next.</summary>
    private async Task FinishAsync(PlannedStage stage, StageKey key, ArtifactRef artifact, Action<StageKey> clear, CancellationToken ct)
    {
        await _publisher.MoveTagAsync(artifact, stage.Tag, ct);
        clear(key);
        scope.Outputs[stage.Id] = artifact;
        WriteLockFile(stage, key, artifact);
    }

    private void WriteLockFile(PlannedStage stage, StageKey key, ArtifactRef artifact)
    {
        if (scope.Lock is null)
            return;

        try
        {
            scope.Lock.Save(stage, key, artifact);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            reporter.Message(MessageLevel.Warning, stage.Id, $"The lock file {scope.Pipeline.LockPath} is not written: {e.Message}");
        }
    }
}
