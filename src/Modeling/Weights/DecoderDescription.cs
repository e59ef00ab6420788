using System.Text.Json;
using System.Text.Json.Nodes;

namespace Unreel.Modeling;

/// <summary>One decoder of an autoencoder, as <c>model.json</c> tells it.</summary>
/// <param name="Target">What it predicts, e.g. <c>normalised_pixels</c>.</param>
/// <param name="Values">Numbers that it predicts for a token.</param>
/// <param name="Width">Width of its tokens.</param>
/// <param name="Depth">Its blocks.</param>
/// <param name="Heads">Its attention heads.</param>
public sealed record DecoderDescription(string Target, int Values, int Width, int Depth, int Heads)
{
    private static JsonSerializerOptions Json { get; } = new(JsonSerializerOptions.Strict) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Describes a decoder that is to be made.</summary>
    internal static DecoderDescription Of(DecoderPlan plan) =>
        new(plan.Name, plan.Values, plan.Shape.DecoderWidth, plan.Shape.DecoderDepth, plan.Shape.DecoderHeads);

    /// <summary>What the decoder is made by.</summary>
    /// <exception cref="ModelException">Its sizes are wrong.</exception>
    internal DecoderPlan Plan(VideoTransformerShape shape) => new(
        Target,
        (shape with { DecoderWidth = Width, DecoderDepth = Depth, DecoderHeads = Heads }).Checked($"The decoder of target '{Target}'"),
        Values > 0 ? Values : throw new ModelException($"The decoder of target '{Target}' must predict at least one number a token, found {Values}."));

    internal JsonObject ToJson() => JsonSerializer.SerializeToNode(this, Json)!.AsObject();

    internal static DecoderDescription FromJson(JsonElement json) => json.Deserialize<DecoderDescription>(Json) ?? throw new JsonException("A decoder is null.");
}
