using System.Text.Json;
using Unreel.Video;

namespace Unreel.Synthesize;

/// <summary>Opens synthesis recipes for rendering on the fly.</summary>
public sealed class SynthesisRecipeReader : IClipRecipeReader
{
    /// <inheritdoc/>
    public string Format => SynthesisRecipe.CurrentFormat;

    /// <inheritdoc/>
    public IClipSource Open(JsonElement recipe, string folder) => SynthesisSource.Open(SynthesisRecipe.Parse(recipe), folder);
}
