using Microsoft.Extensions.DependencyInjection;
using Unreel.Artifacts;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Synthesize;

/// <summary>Registers the stages that make videos, and the reader that draws its recipes wherever clips are opened.</summary>
public static class SynthesizeServices
{
    /// <summary>Adds the stages <c>textures</c> and <c>synthesize</c>, the bench <c>synthesize</c> and the reader of <see cref="SynthesisRecipe.CurrentFormat"/>.</summary>
    public static IServiceCollection AddSynthesize(this IServiceCollection services)
    {
        services.AddSingleton<IClipRecipeReader, SynthesisRecipeReader>();
        services.AddBench<SynthesizeBench>();
        services.AddStage<TexturesStage, TexturesOptions>(
            "textures", version: 1, "Makes a pool of textures that videos are drawn with.", ArtifactKind.Textures,
            needs: options => StageNeeds.Threads(options.Workers));
        return services.AddStage<SynthesizeStage, SynthesizeOptions>(
            "synthesize", version: 2, "Draws videos of moving shapes, with or without labels.", ArtifactKind.Clips,
            needs: options => options.Materialize == SynthesisFiles.None ? StageNeeds.OneCore : StageNeeds.Threads(options.Workers));
    }
}
