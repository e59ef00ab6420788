using System.ComponentModel.DataAnnotations;

namespace Unreel.Modeling;

/// <summary>One of the things that a masked autoencoder predicts, with a decoder of its own.</summary>
public sealed record TargetSettings
{
    /// <summary>What is predicted: one of <see cref="TargetNames.All"/>.</summary>
    public required string Name { get; init; }

    /// <summary>What its loss is multiplied by before losses are added. Default 1.</summary>
    [Range(1e-6, 1e6)]
    public double Weight { get; init; } = 1;

    /// <summary>Blocks of its decoder. Default the model's.</summary>
    [Range(1, 1024)]
    public int? DecoderDepth { get; init; }

    /// <summary>Width of its decoder. Default the model's.</summary>
    [Range(1, 65536)]
    public int? DecoderWidth { get; init; }

    /// <summary>Attention heads of its decoder; divides the width. Default the model's.</summary>
    [Range(1, 1024)]
    public int? DecoderHeads { get; init; }

    /// <summary>Names one or several targets, each of weight 1 with a decoder of the model's sizes.</summary>
    /// <param name="names">Names with commas between them.</param>
    public static IReadOnlyList<TargetSettings> Parse(string names) =>
        [.. names.Split(',', StringSplitOptions.TrimEntries).Select(name => new TargetSettings { Name = name })];

    /// <summary>The model's shape with this decoder in place of its own.</summary>
    /// <exception cref="ModelException">The decoder's sizes are wrong.</exception>
    internal VideoTransformerShape Decoder(VideoTransformerShape shape) => (shape with
    {
        DecoderDepth = DecoderDepth ?? shape.DecoderDepth,
        DecoderWidth = DecoderWidth ?? shape.DecoderWidth,
        DecoderHeads = DecoderHeads ?? shape.DecoderHeads,
    }).Checked($"The decoder of target '{Name}'");
}
