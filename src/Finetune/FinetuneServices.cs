using Microsoft.Extensions.DependencyInjection;
using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Finetune;

/// <summary>Registers the stage.</summary>
public static class FinetuneServices
{
    private const int Version = 2;

    /// <summary>Adds the stage <c>finetune</c>.</summary>
    public static IServiceCollection AddFinetune(this IServiceCollection services) =>
        services.AddStage<FinetuneStage, FinetuneOptions>("finetune", Version, "Turns an encoder and labelled videos into a classifier.", ArtifactKind.Weights, isShared: true,
            needs: options => StageNeeds.Computing(options.Device, options.Threads, options.Workers));
}
