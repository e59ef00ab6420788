using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>Registers pipelines and stages, and runs them in a host.</summary>
public static class PipelineServices
{
    // A stage that is cancelled may first write its checkpoint.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Registers catalog, runner and watcher; and, where nothing else is registered, the system's clock, plain text on
    /// standard error as <see cref="IRunReporter"/>, <see cref="DefaultRuntimeDescription"/>, and stores opened with defaults.
    /// </summary>
    public static IServiceCollection AddUnreelPipelines(this IServiceCollection services)
    {
        services.AddLogging(logging => logging.AddFilter<StageLogProvider>(level => level >= LogLevel.Information));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILoggerProvider, StageLogProvider>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IStoreOpener, StoreOpener>();
        services.TryAddSingleton<IRuntimeDescription, DefaultRuntimeDescription>();
        services.TryAddSingleton(_ => MachineCapacity.Detect());
        services.TryAddSingleton<IRunReporter>(provider => new TextReporter(Console.Error, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new StageCatalog(provider.GetServices<StageDescription>()));
        services.TryAddSingleton(provider => new BenchCatalog(provider.GetServices<IBench>()));
        foreach (KnownFailure failure in KnownFailure.OfPipelines)
            services.AddSingleton(failure);
        services.TryAddSingleton(provider => new ErrorKinds(provider.GetServices<BadInput>(), provider.GetServices<KnownFailure>()));
        services.TryAddSingleton(provider => new EnginePlanner(provider.GetServices<IStageWorker>()));
        services.TryAddSingleton(provider => new PipelineRunner(
            provider.GetRequiredService<IStoreOpener>(),
            provider.GetServices<IStageWorker>(),
            provider.GetRequiredService<IRunReporter>(),
            provider.GetRequiredService<IRuntimeDescription>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ErrorKinds>(),
            provider.GetRequiredService<MachineCapacity>(),
            provider.GetService<IRunPeers>(),
            provider.GetRequiredService<ILogger<PipelineRunner>>()));
        services.TryAddSingleton(provider => new PipelineWatcher(
            provider.GetRequiredService<PipelineRunner>(),
            provider.GetRequiredService<IStoreOpener>(),
            provider.GetRequiredService<IRunReporter>(),
            provider.GetRequiredService<ErrorKinds>(),
            provider.GetRequiredService<TimeProvider>()));
        return services;
    }

    /// <summary>Registers a stage under a name, with the hosted service it runs in.</summary>
    /// <typeparam name="TStage">The class that does the work; each piece of work gets one of its own.</typeparam>
    /// <typeparam name="TOptions">Its options: a record, bound by the snake-case names of its properties.</typeparam>
    /// <param name="services">Where to register.</param>
    /// <param name="name">The name in pipeline files and on the command line.</param>
    /// <param name="version">Raise it when the same options give other bytes.</param>
    /// <param name="description">What it does, in one sentence.</param>
    /// <param name="produces">What it makes, if always the same: name clashes are then found before anything runs.</param>
    /// <param name="isShared">Whether, where a run has several processes, all of them do its work together; the result of rank 0 counts.</param>
    /// <param name="needs">What it takes of the machine with given options, without its inputs; by default all of it, so that nothing runs beside it.</param>
    public static IServiceCollection AddStage<TStage, TOptions>(
        this IServiceCollection services, string name, int version, string description = "", ArtifactKind? produces = null, bool isShared = false, Func<TOptions, StageNeeds>? needs = null)
        where TStage : class, IStage<TOptions>
        where TOptions : class
    {
        StageDescription stage = new(name, version, description, typeof(TStage), typeof(TOptions), produces, isShared, needs is null ? null : options => needs((TOptions)options));
        services.AddSingleton(stage);
        services.TryAddScoped<TStage>();
        services.AddSingleton<IStageWorker>(provider => new StageHostedService<TStage, TOptions>(stage, provider.GetRequiredService<IServiceScopeFactory>()));
        services.AddSingleton<IHostedService>(provider => provider.GetServices<IStageWorker>().OfType<StageHostedService<TStage, TOptions>>().Single(worker => worker.Stage == stage));
        return services;
    }

    /// <summary>Registers a bench, which <c>unreel bench</c> lists and runs by its name.</summary>
    /// <typeparam name="TBench">The class that measures.</typeparam>
    /// <param name="services">Where to register.</param>
    public static IServiceCollection AddBench<TBench>(this IServiceCollection services)
        where TBench : class, IBench =>
        services.AddSingleton<IBench, TBench>();

    /// <summary>Makes the host run one pipeline when it starts, and stop when that is over.</summary>
    /// <param name="services">Where to register, after the stages.</param>
    /// <param name="load">Reads the pipeline, e.g. <c>catalog => PipelineFile.Load(path, catalog, sets)</c>.</param>
    /// <param name="settings">How to run it; with <see cref="RunSettings.Watch"/> it goes on until the host is stopped.</param>
    public static IServiceCollection AddPipelineRun(this IServiceCollection services, Func<StageCatalog, PipelineFile> load, RunSettings settings)
    {
        services.AddSingleton(new PipelineRequest(load, settings));
        services.AddSingleton<PipelineCompletion>();
        services.AddHostedService<PipelineHostedService>();
        services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        return services;
    }

    /// <summary>Runs the host until its pipeline is over, or it is stopped or cancelled.</summary>
    /// <returns>What became of the pipeline; <see cref="RunReport.ExitCode"/> is the command's.</returns>
    public static async Task<RunReport> RunPipelineAsync(this IHost host, CancellationToken ct = default)
    {
        PipelineCompletion completion = host.Services.GetRequiredService<PipelineCompletion>();
        await host.RunAsync(ct);
        return completion.Report ?? new RunReport([], ExitCodes.Cancelled, TimeSpan.Zero);
    }
}
