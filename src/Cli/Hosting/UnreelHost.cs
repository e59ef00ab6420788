using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Unreel.Evaluate;
using Unreel.Export;
using Unreel.Finetune;
using Unreel.Pipelines;
using Unreel.Pretrain;
using Unreel.Serve.Benches;
using Unreel.Serve.Scoring;
using Unreel.Synthesize;

namespace Unreel.Cli.Hosting;

/// <summary>Composes the generic host that stages run in.</summary>
internal static class UnreelHost
{
    /// <summary>A builder with every stage registered; what is logged goes to standard error, from warnings up.</summary>
    public static HostApplicationBuilder CreateBuilder(LogLevel level = LogLevel.Warning)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(level);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.None);
        builder.Logging.AddSimpleConsole(options => options.SingleLine = true);
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSingleton<IRuntimeDescription, RuntimeDescription>();
        builder.Services.AddSingleton(_ => Machine.Capacity());
        builder.Services
            .AddUnreelPipelines()
            .AddSynthesize()
            .AddPretrain()
            .AddFinetune()
            .AddExport()
            .AddEvaluate()
            .AddScore()
            .AddServeBenches();
        foreach (BadInput kind in ErrorMap.BadInput)
            builder.Services.AddSingleton(kind);
        foreach (KnownFailure kind in ErrorMap.Failures)
            builder.Services.AddSingleton(kind);

        return builder;
    }

    /// <summary>The stages there are, without starting anything.</summary>
    public static StageCatalog Catalog()
    {
        using IHost host = CreateBuilder().Build();
        return host.Services.GetRequiredService<StageCatalog>();
    }
}
