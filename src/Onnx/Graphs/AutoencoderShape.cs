namespace Unreel.Onnx;

/// <summary>What a decoder's values say of a cube.</summary>
public enum CubeTarget
{
    /// <summary>Its pixels, for each channel less their mean over their unbiased standard deviation.</summary>
    NormalisedPixels,

    /// <summary>Its pixels from 0 to 1.</summary>
    Pixels,
}

/// <summary>The sizes of a masked autoencoder with one decoder that predicts pixels.</summary>
public sealed record AutoencoderShape : EncoderShape
{
    /// <summary>Numbers of a decoder's token.</summary>
    public required int DecoderWidth { get; init; }

    /// <summary>Blocks of the decoder.</summary>
    public required int DecoderDepth { get; init; }

    /// <summary>Attention heads of the decoder; divides its width.</summary>
    public required int DecoderHeads { get; init; }

    /// <summary>What the decoder predicts. Default normalised pixels.</summary>
    public CubeTarget Target { get; init; }

    /// <summary>What stands before the names of the decoder's weights: nothing (default), or <c>decoder_TARGET</c> for a decoder that is not the first.</summary>
    public string DecoderScope { get; init; } = "";

    /// <summary>The sizes of each block of the decoder, whose MLPs are four times as wide as its tokens.</summary>
    public BlockShape DecoderBlock => new(DecoderWidth, DecoderHeads, 4 * DecoderWidth, Epsilon);

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Require(Math.Min(DecoderWidth, Math.Min(DecoderDepth, DecoderHeads)) > 0, "every size must be positive");
        Require(DecoderWidth % DecoderHeads == 0, $"decoder width {DecoderWidth} must be a multiple of decoder heads {DecoderHeads}");
    }
}
