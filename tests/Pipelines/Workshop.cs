using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Unreel.Artifacts;
using Unreel.Testing;

namespace Unreel.Pipelines.Tests;

/// <summary>A folder with a pipeline, a folder store, and a running host with the fake stages.</summary>
public sealed class Workshop : IAsyncDisposable
{
    public const string TwoStages = """
        name: tiny
        stages:
          draw:
            options: { count: 2 }
          learn:
            options:
              clips: ${draw}
        """;

    private readonly TemporaryFolder _folder = new();
    private IHost? _host;

    public Workshop(string yaml = TwoStages, TimeProvider? time = null)
    {
        Time = time ?? TimeProvider.System;
        Yaml = File("tiny.yaml");
        System.IO.File.WriteAllText(Yaml, yaml);
        Store = ArtifactStores.Open(File(".unreel"));
    }

    public string Yaml { get; }

    public IArtifactStore Store { get; set; }

    public Script Script { get; } = new();

    public RecordingReporter Reporter { get; } = new();

    public TimeProvider Time { get; }

    /// <summary>Registers more, before the host starts.</summary>
    public Action<IServiceCollection> More { get; init; } = _ => { };

    public IServiceProvider Services => (_host ??= Start()).Services;

    public PipelineRunner Runner => Services.GetRequiredService<PipelineRunner>();

    public StageCatalog Catalog => Services.GetRequiredService<StageCatalog>();

    public static StageCatalog Stages { get; } = new ServiceCollection().AddUnreelPipelines().AddFakes().BuildServiceProvider().GetRequiredService<StageCatalog>();

    public string File(params string[] parts) => _folder.File(parts);

    public PipelineFile Load(params string[] sets) => PipelineFile.Load(Yaml, Catalog, sets);

    public Task<RunReport> RunAsync(RunSettings? settings = null, CancellationToken ct = default, params string[] sets) =>
        Runner.RunAsync(Load(sets), settings ?? new RunSettings(), ct);

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.StopAsync();
            _host.Dispose();
        }

        _folder.Dispose();
    }

    private IHost Start()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(Time).AddSingleton(Script).AddSingleton<IRunReporter>(Reporter);
        builder.Services.AddSingleton<IStoreOpener>(new Opener(this));
        builder.Services.AddUnreelPipelines().AddFakes();
        More(builder.Services);
        IHost host = builder.Build();
        host.Start();
        return host;
    }

    private sealed class Opener(Workshop workshop) : IStoreOpener
    {
        public IArtifactStore Open(string location) => workshop.Store;
    }
}

public static class Fakes
{
    public static IServiceCollection AddFakes(this IServiceCollection services) => services
        .AddStage<DrawStage, DrawOptions>("draw", 1, "Draws videos.", ArtifactKind.Clips)
        .AddStage<LearnStage, LearnOptions>("learn", 2, "Learns from videos.", ArtifactKind.Weights)
        .AddStage<CompareStage, CompareOptions>("compare", 1, "Compares models.");
}

/// <summary>Keeps what it is told.</summary>
public sealed class RecordingReporter : IRunReporter
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
                return [.. _lines];
        }
    }

    public void StageStarted(PlannedStage stage, string reason) => Add($"started {stage.Id}: {reason}");

    public void Progress(PlannedStage stage, StageProgress progress) => Add($"progress {stage.Id}: {progress.Done}/{progress.Total}");

    public void StageFinished(RunOutcome outcome) => Add($"finished {outcome.Stage.Id}: {outcome.State}");

    public void Message(MessageLevel level, string? stage, string text) => Add($"{level} {stage}: {text}");

    public void RunFinished(RunReport report) => Add($"over: {report.ExitCode}");

    private void Add(string line)
    {
        lock (_lock)
            _lines.Add(line);
    }
}
