using Microsoft.Extensions.DependencyInjection;
using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Evaluate;

/// <summary>Registers the stages of this project.</summary>
public static class EvaluateServices
{
    /// <summary>Adds the stage <c>evaluate</c>. Readers of recipes (<see cref="Video.IClipRecipeReader"/>) are used where they are registered.</summary>
    public static IServiceCollection AddEvaluate(this IServiceCollection services) =>
        services.AddStage<EvaluateStage, EvaluateOptions>("evaluate", version: 1, "Measures an ONNX model on labelled clips.", ArtifactKind.Report,
            needs: options => StageNeeds.Computing(options.Device, options.Threads));
}
