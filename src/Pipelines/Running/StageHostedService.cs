using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Unreel.Pipelines;

/// <summary>Does the work of one kind of stage for the runner.</summary>
internal interface IStageWorker
{
    StageDescription Stage { get; }

    /// <summary>Whether there are options with which the work divides.</summary>
    bool IsSharded { get; }

    /// <summary>Whether the work divides with these options.</summary>
    bool CanShard(object options);

    Task<StageResult> RunAsync(object options, IStageContext context, CancellationToken ct);

    /// <summary>Does a part of the work.</summary>
    Task<IReadOnlyList<string>> RunShardAsync(object options, StageShard shard, IStageContext context, CancellationToken ct);
}

/// <summary>The hosted service a stage runs in: it waits for work, and gives each piece a scope of its own.</summary>
/// <typeparam name="TStage">The stage.</typeparam>
/// <typeparam name="TOptions">Its options.</typeparam>
public sealed class StageHostedService<TStage, TOptions> : BackgroundService, IStageWorker
    where TStage : class, IStage<TOptions>
    where TOptions : class
{
    private readonly Channel<Job> _jobs = Channel.CreateUnbounded<Job>(new UnboundedChannelOptions { SingleReader = true });
    private readonly IServiceScopeFactory _scopes;

    internal StageHostedService(StageDescription stage, IServiceScopeFactory scopes) => (Stage, _scopes) = (stage, scopes);

    /// <summary>The kind of stage.</summary>
    public StageDescription Stage { get; }

    /// <inheritdoc/>
    bool IStageWorker.IsSharded => typeof(TStage).IsAssignableTo(typeof(IShardedStage<TOptions>));

    /// <inheritdoc/>
    bool IStageWorker.CanShard(object options)
    {
        if (!typeof(TStage).IsAssignableTo(typeof(IShardedStage<TOptions>)))
            return false;

        using IServiceScope scope = _scopes.CreateScope();
        return ((IShardedStage<TOptions>)scope.ServiceProvider.GetRequiredService<TStage>()).CanShard((TOptions)options);
    }

    /// <summary>Queues a piece of work; it begins when the host runs. Whoever queues decides how many go side by side.</summary>
    async Task<StageResult> IStageWorker.RunAsync(object options, IStageContext context, CancellationToken ct) =>
        (StageResult)await QueueAsync(async (stage, either) => await stage.RunAsync((TOptions)options, context, either), ct);

    /// <summary>Queues a part of a piece of work.</summary>
    async Task<IReadOnlyList<string>> IStageWorker.RunShardAsync(object options, StageShard shard, IStageContext context, CancellationToken ct) =>
        (IReadOnlyList<string>)await QueueAsync(async (stage, either) => await ((IShardedStage<TOptions>)stage).RunShardAsync((TOptions)options, shard, context, either), ct);

    private Task<object> QueueAsync(Func<TStage, CancellationToken, Task<object>> work, CancellationToken ct)
    {
        Job job = new(work, StageLog.Current, ct);
        if (!_jobs.Writer.TryWrite(job))
            job.Completion.SetCanceled(CancellationToken.None);

        return job.Completion.Task;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        List<Task> running = [];
        try
        {
            await foreach (Job job in _jobs.Reader.ReadAllAsync(stoppingToken))
            {
                running.RemoveAll(task => task.IsCompleted);
                running.Add(Task.Run(() => RunAsync(job, stoppingToken), CancellationToken.None));
            }
        }
        finally
        {
            _jobs.Writer.TryComplete();
            while (_jobs.Reader.TryRead(out Job? left))
                left.Completion.TrySetCanceled(CancellationToken.None);

            // What was begun is told to stop, and may still have a checkpoint to write.
            await Task.WhenAll(running);
        }
    }

    private async Task RunAsync(Job job, CancellationToken stopping)
    {
        StageLog.Current = job.Log;
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(job.Cancellation, stopping);
        try
        {
            await using AsyncServiceScope scope = _scopes.CreateAsyncScope();
            TStage stage = scope.ServiceProvider.GetRequiredService<TStage>();
            job.Completion.SetResult(await job.Work(stage, either.Token));
        }
        catch (OperationCanceledException e) when (either.IsCancellationRequested)
        {
            job.Completion.TrySetCanceled(e.CancellationToken);
        }
#pragma warning disable CA1031 // Whatever a stage throws belongs to whoever asked for the work.
        catch (Exception e)
#pragma warning restore CA1031
        {
            job.Completion.TrySetException(e);
        }
    }

    private sealed record Job(Func<TStage, CancellationToken, Task<object>> Work, StageLog? Log, CancellationToken Cancellation)
    {
        public TaskCompletionSource<object> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
