using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>
/// Takes stages to an engine instead of running them here: all that are not up to date become jobs at once, in the order their
/// dependencies ask for; a stage is done when its jobs are and the store has its result.
/// </summary>
/// <param name="settings">The engine, and how stages become jobs.</param>
/// <param name="plan">Turns stages into jobs; the second argument says which are forced.</param>
/// <param name="look">Looks whether a stage is up to date, and changes nothing.</param>
/// <param name="after">Makes what looks at stages whose jobs are over, forced or not; and what takes those to their end: tag, lock file.</param>
/// <param name="scope">The run.</param>
/// <param name="reporter">Where to tell what jobs say.</param>
/// <param name="time">The clock.</param>
internal sealed class BatchExecutor(
    EngineSettings settings, Func<IReadOnlyList<PlannedStage>, EnginePlan> plan, StageExecutor look, Func<(StageExecutor Look, StageExecutor Finish)> after, RunScope scope, IRunReporter reporter, TimeProvider time)
{
    // Slurm gives programs 30 seconds between asking and killing, sites often more.
    private static readonly TimeSpan CancelPatience = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, Func<RunOutcome>> _settled = [];
    private readonly Dictionary<string, StageJobs> _jobs = [];
    private (StageExecutor Look, StageExecutor Finish)? _after;
    private volatile bool _isOver;
    private Task _watching = Task.CompletedTask;
    private Task? _cancelling;

    /// <summary>Looks at all stages, and hands those over that are not up to date.</summary>
    /// <exception cref="EngineException">The engine refuses.</exception>
    public async Task SubmitAsync(CancellationToken ct)
    {
        List<PlannedStage> stages = [];
        foreach (PlannedStage stage in scope.Pipeline.Stages.Where(scope.Selection.IsNeeded))
        {
            if (await WouldRunAsync(stage, ct))
                stages.Add(stage);
        }

        if (stages.Count == 0)
            return;

        EnginePlan jobs = plan(stages);
        IReadOnlyList<SubmittedJob> submitted = await settings.Engine.SubmitAsync(jobs, scope.WorkRoot, ct);
        foreach (PlannedStage stage in stages)
            _jobs.Add(stage.Id, new StageJobs(stage, [.. submitted.Where(job => job.Job.StageId == stage.Id)], reporter));
        if (settings.Wait)
            _watching = WatchToEndAsync();
    }

    /// <summary>Waits for a stage's jobs.</summary>
    public async Task<RunOutcome> RunAsync(PlannedStage stage, CancellationToken ct)
    {
        if (_settled.TryGetValue(stage.Id, out Func<RunOutcome>? known) && known().State != StageState.UpToDate)
            return known();
        if (!_jobs.TryGetValue(stage.Id, out StageJobs? jobs))
            return await FinishAsync(stage, null, ct);
        if (!settings.Wait)
            return new RunOutcome { Stage = stage, State = StageState.Submitted, Reason = jobs.Words };

        await WaitAsync(jobs, ct);
        jobs.Check();
        return await FinishAsync(stage, jobs, ct);
    }

    /// <summary>Ends the watching, and takes back what nobody waits for any more.</summary>
    public async Task EndAsync()
    {
        if (settings.Wait && _jobs.Values.Any(jobs => !jobs.IsOver))
            await CancelAsync();
        _isOver = true;
        await _watching;
    }

    private async Task<bool> WouldRunAsync(PlannedStage stage, CancellationToken ct)
    {
        // What cannot be looked at is told when its turn comes, and nothing that needs it is handed over.
        if (stage.Dependencies.Any(id => _settled.TryGetValue(id, out Func<RunOutcome>? settled) && IsBroken(settled)))
        {
            _settled[stage.Id] = () => new RunOutcome { Stage = stage, State = StageState.Skipped, Reason = "a stage before it did not end well" };
            return false;
        }

        try
        {
            RunOutcome outcome = await look.RunAsync(stage, ct);
            if (outcome.State == StageState.WouldRun)
                return true;

            _settled[stage.Id] = () => outcome;
        }
        catch (Exception e) when (e is UsageException or IOException or StoreException)
        {
            _settled[stage.Id] = () => throw e;
        }

        return false;
    }

    private static bool IsBroken(Func<RunOutcome> settled)
    {
        try
        {
            return settled().State == StageState.Skipped;
        }
        catch (Exception e) when (e is UsageException or IOException or StoreException)
        {
            // It is thrown again where its stage is run.
            return true;
        }
    }

    private async Task WaitAsync(StageJobs jobs, CancellationToken ct)
    {
        try
        {
            await jobs.Over.WaitAsync(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            reporter.Message(MessageLevel.Info, jobs.Stage.Id, $"{jobs.Words} is asked to end.");
            await (_cancelling ??= CancelAsync());
            throw;
        }
    }

    private async Task CancelAsync()
    {
        SubmittedJob[] left = [.. _jobs.Values.Where(jobs => !jobs.IsOver).SelectMany(jobs => jobs.Jobs)];
        string names = string.Join(", ", left.Select(job => job.Id));
        try
        {
            await settings.Engine.CancelAsync(left, CancellationToken.None);

            // Where nobody watches any more, their end is not seen.
            await Task.WhenAny(Task.WhenAll(_jobs.Values.Select(jobs => jobs.Over)), _watching).WaitAsync(CancelPatience, time);
        }
        catch (TimeoutException)
        {
            reporter.Message(MessageLevel.Warning, null, $"Jobs have not ended {CancelPatience.TotalMinutes:0} minutes after they were cancelled: {names}.");
        }
        catch (Exception e) when (e is IOException or UsageException)
        {
            reporter.Message(MessageLevel.Warning, null, $"Jobs are not cancelled and may go on: {names}. {e.Message}");
        }
    }

    private async Task<RunOutcome> FinishAsync(PlannedStage stage, StageJobs? jobs, CancellationToken ct)
    {
        _after ??= after();
        RunOutcome found = await _after.Value.Look.RunAsync(stage, ct);
        if (found.State != StageState.UpToDate)
            throw new EngineException($"{(jobs is null ? $"{stage.Id} was up to date" : $"{jobs.Words} ended well")}, but {scope.Store.Location} has no result of it ({found.Reason}); do the engine's machines see the same store, and the same inputs?");

        RunOutcome outcome = await _after.Value.Finish.RunAsync(stage, ct);
        return jobs is null ? outcome : outcome with { State = StageState.Done, Reason = $"{settings.Engine.Name} {jobs.Words}" };
    }

    private async Task WatchToEndAsync()
    {
        try
        {
            await WatchAsync();
        }
#pragma warning disable CA1031 // Whatever it is, those who wait for the jobs must get it: nobody else would end their waiting.
        catch (Exception e)
#pragma warning restore CA1031
        {
            foreach (StageJobs jobs in _jobs.Values)
                jobs.GiveUp(e);
        }
    }

    private async Task WatchAsync()
    {
        bool warned = false;
        while (_jobs.Values.Any(jobs => !jobs.IsOver) && !_isOver)
        {
            try
            {
                SubmittedJob[] all = [.. _jobs.Values.Where(jobs => !jobs.IsOver).SelectMany(jobs => jobs.Jobs)];
                IReadOnlyList<JobStatus> statuses = await settings.Engine.LookAsync(all, text => reporter.Message(MessageLevel.Warning, null, text), CancellationToken.None);
                foreach (StageJobs jobs in _jobs.Values.Where(jobs => !jobs.IsOver))
                    jobs.Take([.. all.Zip(statuses).Where(pair => pair.First.Job.StageId == jobs.Stage.Id).Select(pair => pair.Second)]);
                warned = false;
            }
            catch (Exception e) when (e is IOException or UsageException)
            {
                // A controller that is restarted answers again; jobs go on meanwhile.
                if (!warned)
                    reporter.Message(MessageLevel.Warning, null, $"The jobs cannot be looked at, which is tried again: {e.Message}");
                warned = true;
            }

            await Task.Delay(settings.Interval, time, CancellationToken.None);
        }
    }
}
