using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Serve.Scoring;

/// <summary>Registers scoring where pipelines run.</summary>
public static class ScoreServices
{
    /// <summary>Adds the stage <c>score</c>.</summary>
    public static IServiceCollection AddScore(this IServiceCollection services) =>
        services.AddStage<ScoreStage, ScoreStageOptions>("score", version: 1, "Labels videos with an ONNX model: one row a video.", ArtifactKind.Scores,
            needs: options => StageNeeds.Computing(options.Device, 0));
}
