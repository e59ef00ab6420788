using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Unreel.Artifacts;

namespace Unreel.Pipelines.Tests;

public sealed class HostTests : IDisposable
{
    private readonly Unreel.Testing.TemporaryFolder _folder = new();
    private readonly Script _script = new();
    private readonly RecordingReporter _reporter = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_host_runs_its_pipeline_stops_and_gives_the_exit_code()
    {
        File.WriteAllText(_folder.File("p.yaml"), Workshop.TwoStages);

        RunReport report = await HostFor(catalog => PipelineFile.Load(_folder.File("p.yaml"), catalog), new RunSettings()).RunPipelineAsync();

        Assert.Equal(0, report.ExitCode);
        Assert.Equal(["draw", "learn"], _script.Ran);
        Assert.NotNull(await ArtifactStores.Open(_folder.File(".unreel")).FindAsync(ArtifactReference.Parse("weights/tiny-learn"), default));
        Assert.Equal("over: 0", _reporter.Lines[^1]);
    }

    [Fact]
    public async Task A_single_stage_runs_from_the_command_line()
    {
        RunReport report = await HostFor(
            catalog => PipelineFile.ForStage("draw", catalog, null, ["count=1"], store: _folder.File("shop")), new RunSettings()).RunPipelineAsync();

        Assert.Equal("clips/draw@", report.Stages.Single().Artifact!.Value.ToString()[..11]);
        Assert.True(Directory.Exists(_folder.File("shop", "blobs")));
    }

    [Fact]
    public async Task A_wrong_file_is_a_report_with_exit_code_2()
    {
        File.WriteAllText(_folder.File("p.yaml"), "name: tiny\nstages: {darw: {}}\n");

        RunReport report = await HostFor(catalog => PipelineFile.Load(_folder.File("p.yaml"), catalog), new RunSettings()).RunPipelineAsync();

        Assert.Equal(ExitCodes.Usage, report.ExitCode);
        Assert.IsType<ConfigurationException>(report.Error);
        Assert.Contains(_reporter.Lines, line => line.Contains("unknown stage 'darw'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stopping_the_host_cancels_the_stage()
    {
        using IHost host = HostFor(catalog => PipelineFile.ForStage("draw", catalog, null, store: _folder.File("shop")), new RunSettings());
        IHostApplicationLifetime lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
        _script.Step = (_, _, _, ct) =>
        {
            lifetime.StopApplication();
            return Task.Delay(Timeout.Infinite, ct);
        };

        RunReport report = await host.RunPipelineAsync();

        Assert.Equal(ExitCodes.Cancelled, report.ExitCode);
        Assert.Equal(StageState.Cancelled, report.Stages.Single().State);
    }

    [Fact]
    public async Task Each_piece_of_work_has_a_scope_of_its_own()
    {
        File.WriteAllText(_folder.File("p.yaml"), "name: tiny\nstages:\n  a: {stage: scoped}\n  b: {stage: scoped, options: {seed: 2}}\n");
        HostApplicationBuilder builder = Builder();
        builder.Services.AddScoped<Scoped>().AddStage<ScopedStage, DrawOptions>("scoped", 1);
        builder.Services.AddPipelineRun(catalog => PipelineFile.Load(_folder.File("p.yaml"), catalog), new RunSettings());

        await builder.Build().RunPipelineAsync();

        Assert.Equal(["1", "disposed", "1", "disposed"], _script.Ran);
    }

    private HostApplicationBuilder Builder()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(_script).AddSingleton<IRunReporter>(_reporter).AddUnreelPipelines();
        return builder;
    }

    private IHost HostFor(Func<StageCatalog, PipelineFile> load, RunSettings settings)
    {
        HostApplicationBuilder builder = Builder();
        builder.Services.AddFakes().AddPipelineRun(load, settings);
        return builder.Build();
    }

    private sealed class Scoped(Script script) : IDisposable
    {
        public int Uses { get; set; }

        public void Dispose() => script.Ran.Add("disposed");
    }

    private sealed class ScopedStage(Scoped scoped, Script script) : IStage<DrawOptions>
    {
        public Task<StageResult> RunAsync(DrawOptions options, IStageContext context, CancellationToken ct)
        {
            script.Ran.Add($"{++scoped.Uses}");
            return Task.FromResult(FakeWork.Result(ArtifactKind.Clips, context, $"{options.Seed}", options.Seed));
        }
    }
}
