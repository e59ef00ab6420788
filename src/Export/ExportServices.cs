using Microsoft.Extensions.DependencyInjection;
using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Export;

/// <summary>Registers the stage.</summary>
public static class ExportServices
{
    /// <summary>Registers <c>export</c>.</summary>
    public static IServiceCollection AddExport(this IServiceCollection services) =>
        services.AddStage<ExportStage, ExportOptions>("export", 3, "Writes a classifier or an autoencoder as an ONNX model and publishes it if it behaves the same.", ArtifactKind.Onnx);
}
