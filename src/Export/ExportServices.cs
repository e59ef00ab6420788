using Microsoft.Extensions.DependencyInjection;
using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Export;

/// <summary>Registers the stage and its bench.</summary>
public static class ExportServices
{
    /// <summary>Registers the stage <c>export</c> and the bench <c>infer</c>.</summary>
    public static IServiceCollection AddExport(this IServiceCollection services) => services
        .AddBench<InferBench>()
        .AddStage<ExportStage, ExportOptions>("export", 4, "Writes a classifier or an autoencoder as an ONNX model and publishes it if it behaves the same.", ArtifactKind.Onnx,
            needs: options => StageNeeds.Threads(options.Threads));
}
