using System.Globalization;
using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>Does parts of stages, and brings finished ones into the work folder of the stage that puts them together.</summary>
internal sealed class PartWork(
    RunScope scope, IReadOnlyDictionary<StageDescription, IStageWorker> workers, IRunReporter reporter, StageKeys keys, InputFetcher fetcher, TimeProvider time)
{
    private readonly StageParts _parts = new(scope.Store);

    /// <summary>Refuses settings that no part can be done with.</summary>
    /// <exception cref="UsageException">More or less than one stage is named, or parts are asked for in two ways.</exception>
    public static void Check(PipelineFile pipeline, RunSettings settings, RunSelection selection)
    {
        if (settings.Shard is null && settings.Parts is null)
            return;
        if (settings.Shard is not null && settings.Parts is not null)
            throw new UsageException("--shard does a part of a stage, and --parts puts parts together; expected one of them.");

        string option = settings.Shard is null ? "--parts" : "--shard";
        string[] wanted = [.. pipeline.Stages.Where(selection.IsWanted).Select(stage => stage.Id)];
        if (wanted.Length != 1)
            throw new UsageException($"{option} is for one stage; expected --only STAGE beside it, found {(wanted.Length == 0 ? "none" : string.Join(", ", wanted))}.");
        if (settings.Watch is not null)
            throw new UsageException($"{option} is for one run; expected it without --watch.");
        if (settings.Parts is < 1)
            throw new UsageException($"--parts is {settings.Parts}; expected at least 1.");
    }

    /// <summary>Does one part of a stage and stores its files, unless that was done before.</summary>
    /// <exception cref="UsageException">The stage does not divide.</exception>
    public async Task<RunOutcome> RunAsync(PlannedStage stage, object options, StageKey key, StageShard shard, CancellationToken ct)
    {
        CheckShardable(stage, options);
        string name = string.Create(CultureInfo.InvariantCulture, $"{RunScope.ShortKey(key)}.part-{shard.Index}-of-{shard.Count}");
        using WorkLock? held = scope.Settings.DryRun
            ? null
            : await WorkLock.TakeAsync(Path.Combine(scope.WorkRoot, "locks", name + ".lock"), scope.Settings.WaitForOthers, Waiting, time, ct);
        if (!scope.Selection.IsForced(stage) && await FindAsync(stage, key, shard, ct) is { } there)
            return Outcome(stage, key, StageState.UpToDate, "done before", $"part {shard}: {Files(there.Count)} in the store");
        if (scope.Settings.DryRun)
            return Outcome(stage, key, StageState.WouldRun, $"the part {shard} is not done", null);

        string folder = Path.Combine(scope.WorkRoot, "work", name);
        if (scope.Selection.IsForced(stage))
            Remove(folder);
        Directory.CreateDirectory(folder);
        string reason = $"part {shard}";
        reporter.StageStarted(stage, reason);
        DirectProgress<StageProgress> progress = new(report => reporter.Progress(stage, report));
        StageContext context = new(folder, progress, key, keys, fetcher, scope.Store);
        IReadOnlyList<string> files = await workers[stage.Description].RunShardAsync(options, shard, context, ct);
        await CheckUnchangedAsync(stage, key, ct);
        await _parts.StoreAsync(key.Digest, shard, folder, files, ct);
        Remove(folder);
        return Outcome(stage, key, StageState.Done, reason, $"part {shard}: {Files(files.Count)} stored");

        void Waiting(string who) => reporter.Message(MessageLevel.Info, stage.Id, who);
    }

    /// <summary>Brings the files of a stage's parts into its work folder, where all of them are finished.</summary>
    /// <remarks>A stage that runs again on purpose does all its work, unless <see cref="RunSettings.Parts"/> says that its parts are new.</remarks>
    /// <exception cref="UsageException">Parts were asked for, and some are missing.</exception>
    public async Task BringAsync(PlannedStage stage, object options, StageKey key, string folder, CancellationToken ct)
    {
        int? asked = scope.Selection.IsWanted(stage) ? scope.Settings.Parts : null;
        if (asked is not null)
            CheckShardable(stage, options);
        else if (scope.Selection.IsForced(stage) || !workers[stage.Description].CanShard(options))
            return;

        if ((asked ?? await _parts.CountAsync(key.Digest, ct)) is not { } count)
            return;

        try
        {
            (IReadOnlyList<PartFile> files, IReadOnlyList<StageShard> missing) = await _parts.FindSetAsync(key.Digest, count, ct);
            if (missing.Count > 0)
                Complain(asked is not null, stage, $"of {count} parts {missing.Count} are not in the store: {string.Join(", ", missing.Take(8))}{(missing.Count > 8 ? " and more" : string.Empty)}", null);
            else
                await _parts.BringAsync(files, folder, new DirectProgress<StageProgress>(report => reporter.Progress(stage, report)), ct);
        }
        catch (PartsException e)
        {
            Complain(asked is not null, stage, $"the parts in the store do not fit together ({e.Message})", e);
        }
        catch (Exception e) when (e is BlobMissingException or DigestMismatchException)
        {
            Complain(asked is not null, stage, $"a file of a part is lost ({e.Message})", e);
        }
    }

    private void Complain(bool isAsked, PlannedStage stage, string what, Exception? inner)
    {
        if (isAsked)
            throw new UsageException($"{stage.Id}: {what}; expected all that --parts names. Run the missing ones with --shard.", inner);

        reporter.Message(MessageLevel.Info, stage.Id, $"{what}; what they would hold is made here.");
    }

    private void CheckShardable(PlannedStage stage, object options)
    {
        if (!workers[stage.Description].CanShard(options))
            throw new UsageException($"{stage.Id} does not divide into parts: {(workers[stage.Description].IsSharded ? "with these options it has nothing to divide" : $"{stage.Description.Name} is no stage that does")}. Run it whole.");
    }

    // What cannot be read is done again, like what is not there.
    private async Task<IReadOnlyList<PartFile>?> FindAsync(PlannedStage stage, StageKey key, StageShard shard, CancellationToken ct)
    {
        try
        {
            return await _parts.FindAsync(key.Digest, shard, ct) is { } files && await AreThereAsync(files, ct) ? files : null;
        }
        catch (PartsException e)
        {
            Complain(isAsked: false, stage, e.Message, e);
            return null;
        }
    }

    private async Task<bool> AreThereAsync(IReadOnlyList<PartFile> files, CancellationToken ct)
    {
        try
        {
            foreach (PartFile file in files.Where(file => file.Size > 0))
                await (await scope.Store.OpenPartAsync(file.Blob, 0, 1, ct)).DisposeAsync();
            return true;
        }
        catch (BlobMissingException)
        {
            // Collected since; the part is made again.
            return false;
        }
    }

    private async Task CheckUnchangedAsync(PlannedStage stage, StageKey key, CancellationToken ct)
    {
        foreach (ResolvedInput input in key.Inputs.Where(input => input.Artifact is null))
        {
            if ((await keys.ResolveAsync(input.Input, input.Option, $"{stage.Id}.{input.Option}", ct)).Digest != input.Digest)
                throw new UsageException($"{stage.Id}.{input.Option}: {input.Input.Text} changed while the part was at work; it is not kept. Run it again.");
        }
    }

    private static RunOutcome Outcome(PlannedStage stage, StageKey key, StageState state, string reason, string? summary) =>
        new() { Stage = stage, State = state, Reason = reason, Key = key.Digest, Summary = summary };

    private static string Files(int count) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "file" : "files")}");

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
