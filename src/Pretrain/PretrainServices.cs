using Microsoft.Extensions.DependencyInjection;
using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Pretrain;

/// <summary>Registers the stage.</summary>
public static class PretrainServices
{
    private const int Version = 2;

    /// <summary>Adds the stage <c>pretrain</c> and the bench <c>train</c>.</summary>
    public static IServiceCollection AddPretrain(this IServiceCollection services) => services
        .AddBench<TrainBench>()
        .AddStage<PretrainStage, PretrainOptions>("pretrain", Version, "Trains a masked autoencoder on videos without labels.", ArtifactKind.Weights, isShared: true,
            needs: options => StageNeeds.Computing(options.Device, options.Threads, options.Workers));
}
