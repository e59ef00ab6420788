using System.Text.Json;
using System.Text.Json.Serialization;

namespace Unreel.Synthesize.Files;

/// <summary>What a tar shard says of a video, beside its bytes.</summary>
internal sealed record Sample
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The number of frames.</summary>
    public required int Frames { get; init; }

    /// <summary>Frames a second.</summary>
    public required double Fps { get; init; }

    /// <summary>The seed of the set.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Which video of the set it is.</summary>
    public required int Index { get; init; }

    /// <summary>The preset's name.</summary>
    public required string Preset { get; init; }

    /// <summary>The label's name; null where there are no labels.</summary>
    public string? Label { get; init; }

    /// <summary>Describes a video; equal videos give equal bytes.</summary>
    public static byte[] Json(SynthesisSource source, int index) => JsonSerializer.SerializeToUtf8Bytes(
        new Sample
        {
            Frames = source.FrameCount(index),
            Fps = source.FrameRate,
            Seed = source.Recipe.Seed,
            Index = index,
            Preset = source.Recipe.Name,
            Label = source.Items[index].Label is >= 0 and var label ? source.Labels[label] : null,
        },
        Options);
}
