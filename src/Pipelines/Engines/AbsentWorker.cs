namespace Unreel.Pipelines;

/// <summary>Stands where an engine's machines do the work: nothing of it is ever done here, also where a result is gone again since it was seen.</summary>
internal sealed class AbsentWorker(IStageWorker worker, string store) : IStageWorker
{
    public StageDescription Stage => worker.Stage;

    public bool IsSharded => worker.IsSharded;

    /// <summary>One for each.</summary>
    public static IReadOnlyDictionary<StageDescription, IStageWorker> Of(IReadOnlyDictionary<StageDescription, IStageWorker> workers, string store) =>
        workers.ToDictionary(pair => pair.Key, pair => (IStageWorker)new AbsentWorker(pair.Value, store));

    // Parts are fetched for work only.
    public bool CanShard(object options) => false;

    public Task<StageResult> RunAsync(object options, IStageContext context, CancellationToken ct) =>
        throw new EngineException($"{Stage.Name} was finished, but {store} has lost its result since; it is not made here. Run the pipeline again.");

    public Task<IReadOnlyList<string>> RunShardAsync(object options, StageShard shard, IStageContext context, CancellationToken ct) =>
        throw new NotSupportedException("Parts are done by an engine's jobs, never by what waits for them.");
}
