using Microsoft.Extensions.Logging;
using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>Runs the stages of a pipeline that are not up to date, each after those it depends on. Needs the host running.</summary>
public sealed partial class PipelineRunner
{
    private const int LookupsAtOnce = 8;

    private readonly IStoreOpener _stores;
    private readonly IRunReporter _reporter;
    private readonly IRuntimeDescription _runtime;
    private readonly TimeProvider _time;
    private readonly ILogger<PipelineRunner> _logger;
    private readonly Dictionary<StageDescription, IStageWorker> _workers;
    private readonly ErrorKinds _errors;
    private readonly RunRecorder _recorder;
    private readonly MachineCapacity _machine;
    private readonly IRunPeers? _peers;

    internal PipelineRunner(
        IStoreOpener stores, IEnumerable<IStageWorker> workers, IRunReporter reporter, IRuntimeDescription runtime, TimeProvider time, ErrorKinds errors, MachineCapacity machine, IRunPeers? peers, ILogger<PipelineRunner> logger)
    {
        (_stores, _reporter, _runtime, _time, _errors, _machine, _peers, _logger) = (stores, reporter, runtime, time, errors, machine, peers, logger);
        _recorder = new RunRecorder(reporter, runtime, time);
        _workers = workers.ToDictionary(worker => worker.Stage);
    }

    /// <summary>Runs a pipeline once: each stage as soon as those it depends on are done and there is room for it on this machine.</summary>
    /// <returns>What became of each stage. What a stage throws, and cancelling, is an outcome too.</returns>
    /// <exception cref="UsageException">The settings name a stage there is not.</exception>
    /// <exception cref="Artifacts.StoreException">The store's location is none.</exception>
    public async Task<RunReport> RunAsync(PipelineFile pipeline, RunSettings settings, CancellationToken ct)
    {
        long began = _time.GetTimestamp();
        DateTimeOffset started = _time.GetUtcNow();
        CheckJobs(settings);
        RunScope scope = Open(pipeline, settings);
        PartWork.Check(pipeline, settings, scope.Selection);
        CheckPaths(pipeline.Stages.Where(scope.Selection.IsNeeded));
        StageNotes? notes = _peers is null ? null : new StageNotes(_peers);
        RunLogs logs = new(_time);
        IRunReporter reporter = new CompositeReporter(_reporter, logs);
        Func<PlannedStage, CancellationToken, Task<RunOutcome>> run = _peers is { Rank: > 0 }
            ? new StageFollower(scope, _workers, reporter, notes!, _time).RunAsync
            : new StageExecutor(scope, _workers, reporter, _runtime, notes, _time).RunAsync;
        BatchExecutor? batch = OpenBatch(pipeline, settings, scope, reporter);
        if (batch is not null)
        {
            await batch.SubmitAsync(ct);
            run = batch.RunAsync;
        }

        IReadOnlyList<RunOutcome> outcomes = await new StageScheduler
        {
            Stages = pipeline.Stages,
            Admission = new Admission(_machine, Jobs(settings)),
            Run = stage => RunStageAsync(run, stage, logs.Of(stage), ct),
            LeftOut = stage => scope.Selection.IsNeeded(stage) ? null : pipeline.Unused.GetValueOrDefault(stage.Id, "not asked for"),
            Tell = reporter.StageFinished,
            // Of a dry run people want to know all that there is to know.
            KeepGoing = settings.KeepGoing || settings.DryRun,
            TellsInOrder = settings.DryRun,
        }.RunAsync();
        if (batch is not null)
            await batch.EndAsync();

        int exitCode = outcomes.Select(outcome => outcome.ExitCode).FirstOrDefault(code => code != ExitCodes.Done);
        RunReport report = new(outcomes, exitCode, _time.GetElapsedTime(began)) { Pipeline = pipeline.Name, Started = started, Store = scope.Store.Location };
        if (_peers is not { Rank: > 0 })
            report = await _recorder.RecordAsync(report, settings, scope.Store, logs);
        _reporter.RunFinished(report);
        return report;
    }

    // A dry run hands nothing over; what is up to date takes no machine to be found so.
    private BatchExecutor? OpenBatch(PipelineFile pipeline, RunSettings settings, RunScope scope, IRunReporter reporter)
    {
        if (settings.Engine is not { } engine || settings.DryRun)
            return null;

        RunSettings looking = settings with { DryRun = true };
        EnginePlanner planner = new(_workers.Values);
        return new BatchExecutor(
            engine,
            stages => planner.Plan(pipeline, stages, scope.Selection.IsForced, engine.Shape),
            Executor(Open(pipeline, looking)),
            () => (Executor(Open(pipeline, Calm(looking))), Finisher(Open(pipeline, Calm(settings)))),
            scope,
            reporter,
            _time);

        RunSettings Calm(RunSettings forced) => forced with { ForceAll = false, Force = [], From = null };
        StageExecutor Executor(RunScope its) => new(its, _workers, reporter, _runtime, null, _time);
        StageExecutor Finisher(RunScope its) => new(its, AbsentWorker.Of(_workers, its.Store.Location), reporter, _runtime, null, _time);
    }

    private void CheckJobs(RunSettings settings)
    {
        if (settings.Jobs is < 1)
            throw new UsageException($"--jobs is {settings.Jobs}; expected at least 1.");
        if (_peers is not null && settings.KeepGoing)
            throw new UsageException("--keep-going runs in one process, since what fails in one of several stops all; expected it without --nproc, or the other way round.");
        if (_peers is not null && settings.Jobs is > 1)
            throw new UsageException($"--jobs {settings.Jobs} is for one process; several go through the stages together, one after the other.");
    }

    // Several processes go through the stages in one order; a dry run only asks the store.
    private int? Jobs(RunSettings settings) => _peers is not null ? 1 : settings.DryRun ? LookupsAtOnce : settings.Engine is not null ? int.MaxValue : settings.Jobs;

    // What is missing now would still be missing after hours of training.
    private static void CheckPaths(IEnumerable<PlannedStage> stages)
    {
        string[] missing = [.. stages.SelectMany(stage => stage.Paths().Where(input => !Path.Exists(input.Path))
            .Select(input => $"{stage.DeclaredId}.{input.Option}: there is no file or folder {input.Path}, and no artifact is written like that; expected kind/name:tag or a path."))];
        if (missing.Length > 0)
            throw new UsageException(string.Join('\n', missing.Distinct()));
    }

    private static RunOutcome Skipped(PlannedStage stage, string reason) =>
        new() { Stage = stage, State = StageState.Skipped, Reason = reason };

    /// <summary>The folder for work in progress: as asked, else the store's own folder, else <c>.unreel</c> beside the pipeline.</summary>
    internal static string WorkRoot(PipelineFile pipeline, RunSettings settings)
    {
        string store = settings.Store ?? pipeline.Store;
        return settings.WorkRoot is { } asked ? LocalPath.Full(asked, Directory.GetCurrentDirectory())
            : Path.IsPathRooted(store) ? store
            : Path.Combine(pipeline.Folder, PipelineFile.DefaultStore);
    }

    private RunScope Open(PipelineFile pipeline, RunSettings settings)
    {
        string location = PipelineFile.StoreLocation(settings.Store ?? pipeline.Store, Directory.GetCurrentDirectory());
        RunSettings settled = settings with { Store = location };
        bool locks = settings.WriteLockFile && !settings.DryRun && settings.Shard is null;
        return new RunScope
        {
            Pipeline = pipeline,
            Settings = settled,
            Selection = new RunSelection(pipeline, settled),
            Store = _stores.Open(location),
            WorkRoot = WorkRoot(pipeline, settled),
            Lock = pipeline.LockPath is { } path && (locks || settings.DryRun)
                ? LockFile.Load(path, pipeline, text => _reporter.Message(MessageLevel.Warning, null, text))
                : null,
        };
    }

    private async Task<RunOutcome> RunStageAsync(Func<PlannedStage, CancellationToken, Task<RunOutcome>> run, PlannedStage stage, StageLog log, CancellationToken ct)
    {
        StageLog.Current = log;
        long began = _time.GetTimestamp();
        DateTimeOffset started = _time.GetUtcNow();
        try
        {
            ct.ThrowIfCancellationRequested();
            RunOutcome outcome = await run(stage, ct);
            return outcome with { Started = started, Duration = _time.GetElapsedTime(began) };
        }
#pragma warning disable CA1031 // Whatever a stage throws is its outcome; the run ends in order and says so.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // The others may be gone before this process has come to know that it is to stop as they do.
            bool isAsked = ct.IsCancellationRequested || _peers is { IsStopping: true };
            StageState state = e switch
            {
                _ when _errors.IsStop(e, isAsked) => StageState.Cancelled,
                GateRefusedException => StageState.Refused,
                _ => StageState.Failed,
            };
            bool isBadInput = _errors.IsBadInput(e);
            if (state == StageState.Failed && !isBadInput)
                TellFailure(stage, e, log);
            return new RunOutcome { Stage = stage, State = state, Reason = ReasonOf(state, e), Error = e, IsBadInput = isBadInput, Started = started, Duration = _time.GetElapsedTime(began) };
        }
    }

    /// <summary>A mistake of ours is shown with its stack at once; of what is known to happen, the reason follows and the stack is logged.</summary>
    private void TellFailure(PlannedStage stage, Exception e, StageLog log)
    {
        log.Write($"{e}");
        LogFailure(e, stage.Id);
        if (!_errors.IsKnown(e))
            _reporter.Message(MessageLevel.Error, stage.Id, $"internal error: {e}");
    }

    private static string ReasonOf(StageState state, Exception e) =>
        state == StageState.Cancelled ? "cancelled"
        : e is DigestMismatchException ? $"{e.Message} Run again with --verify: it finds what is damaged and makes it anew."
        : e.Message;

    [LoggerMessage(LogLevel.Debug, "Stage {Stage} failed")]
    private partial void LogFailure(Exception e, string stage);
}
