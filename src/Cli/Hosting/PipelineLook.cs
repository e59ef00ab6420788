using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Unreel.Pipelines;

namespace Unreel.Cli.Hosting;

/// <summary>Looks at a pipeline without running anything: what is up to date, what would run, and why.</summary>
internal static class PipelineLook
{
    /// <summary>Asks the store about every stage; of those that cannot be told the reason is in their outcome, and the others are told all the same.</summary>
    /// <param name="file">The pipeline file.</param>
    /// <param name="sets">What <c>--set</c> says.</param>
    /// <param name="settings">Where to look, and how deeply.</param>
    /// <param name="level">How much is logged.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="UsageException">The file, the options or the store are wrong.</exception>
    public static async Task<RunReport> AtAsync(string file, string[] sets, RunSettings settings, LogLevel level, CancellationToken ct)
    {
        HostApplicationBuilder builder = UnreelHost.CreateBuilder(level);
        builder.Services.AddSingleton<IRunReporter>(new Warnings());
        using IHost host = builder.Build();
        PipelineFile pipeline = PipelineFile.Load(file, host.Services.GetRequiredService<StageCatalog>(), sets);
        RunReport report = await host.Services.GetRequiredService<PipelineRunner>().RunAsync(pipeline, settings with { DryRun = true, KeepGoing = true }, ct);
        ct.ThrowIfCancellationRequested();
        return report;
    }

    private sealed class Warnings : IRunReporter
    {
        public void StageStarted(PlannedStage stage, string reason)
        {
        }

        public void Progress(PlannedStage stage, StageProgress progress)
        {
        }

        public void StageFinished(RunOutcome outcome)
        {
        }

        public void Message(MessageLevel level, string? stage, string text)
        {
            if (level != MessageLevel.Info)
                Console.Error.WriteLine($"unreel: {(stage is null ? text : $"{stage}: {text}")}");
        }

        public void RunFinished(RunReport report)
        {
        }
    }
}
