using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>What the encoder leaves to decoders.</summary>
/// <param name="VisibleBVD">Latents of the visible tokens.</param>
/// <param name="RegressedBMD">Latents of the masked tokens as a regressor gives them; null where there is none.</param>
/// <param name="VisibleBV">Numbers of the visible tokens, int64.</param>
/// <param name="MaskedBM">Numbers of the masked tokens, int64.</param>
internal sealed record Latents(Tensor VisibleBVD, Tensor? RegressedBMD, Tensor VisibleBV, Tensor MaskedBM);

/// <summary>Predicts the values of the last tokens of a sequence.</summary>
/// <remarks>Shape letters: B clips, N tokens, V visible ones, M masked ones, D encoder width, E decoder width, C values.</remarks>
internal sealed class Decoder : nn.Module<Tensor, Tensor>, IMixedPrecision
{
    private const int MlpRatio = 4;

    [ComponentName(Name = "blocks")] private readonly ModuleList<Block> _blocks;
    [ComponentName(Name = "norm")] private readonly LayerNorm _norm;
    [ComponentName(Name = "head")] private readonly Linear _head;

    public Decoder(VideoTransformerShape shape, int values)
        : base(nameof(Decoder))
    {
        int width = shape.DecoderWidth;
        _blocks = nn.ModuleList([.. Enumerable.Range(0, shape.DecoderDepth).Select(_ => new Block(width, shape.DecoderHeads, MlpRatio * width))]);
        _norm = nn.LayerNorm(width, eps: Block.NormEpsilon);
        _head = nn.Linear(width, values);
        RegisterComponents();
    }

    public ScalarType ComputeType { get; set; } = ScalarType.Float32;

    public override Tensor forward(Tensor xBNE) => Predict(xBNE, xBNE.shape[1]);

    /// <summary>From all tokens [B, N, E] to the values of the last <paramref name="predicted"/> of them, [B, M, C].</summary>
    public Tensor Predict(Tensor xBNE, long predicted)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (Block block in _blocks)
            xBNE = block.call(xBNE);
        Tensor lastBME = xBNE.narrow(1, xBNE.shape[1] - predicted, predicted);
        return MixedPrecision.Floats(_head, _norm.call(lastBME), ComputeType).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// From latents to the values of the masked tokens, [B, M, C]. Without a regressor the blocks see the visible latents and, after them,
    /// the mask token at every masked place; with one they see what it gives for the masked places, and nothing else.
    /// </summary>
    /// <param name="latents">What the encoder left.</param>
    /// <param name="embed">From the encoder's width to the decoder's.</param>
    /// <param name="maskToken">The mask token [1, 1, E]; null with a regressor, which has its own.</param>
    /// <param name="positions">The decoder's positions.</param>
    public Tensor Predict(Latents latents, Linear embed, Tensor? maskToken, PositionTable positions)
    {
        using DisposeScope scope = NewDisposeScope();
        long masked = latents.MaskedBM.shape[1];
        if (latents.RegressedBMD is { } regressedBMD)
            return Predict(MixedPrecision.Floats(embed, regressedBMD, ComputeType) + positions.Select(latents.MaskedBM), masked).MoveToOuterDisposeScope();

        Tensor knownBVE = MixedPrecision.Floats(embed, latents.VisibleBVD, ComputeType) + positions.Select(latents.VisibleBV);
        Tensor unknownBME = maskToken! + positions.Select(latents.MaskedBM);
        return Predict(cat([knownBVE, unknownBME], 1), masked).MoveToOuterDisposeScope();
    }
}

/// <summary>A decoder with all that stands between the encoder and it: what every target after the first has.</summary>
internal sealed class TargetDecoder : nn.Module<Latents, Tensor>
{
    [ComponentName(Name = "encoder_to_decoder")] private readonly Linear _encoderToDecoder;
    [ComponentName(Name = "mask_token")] private readonly Parameter? _maskToken;
    [ComponentName(Name = "decoder")] private readonly Decoder _decoder;
    private readonly PositionTable _positions;

    /// <summary>Makes the modules.</summary>
    /// <param name="shape">The sizes, the decoder's among them.</param>
    /// <param name="values">Numbers to predict for each masked token.</param>
    /// <param name="hasMaskToken">Whether masked places are filled with a mask token: not where a regressor fills them.</param>
    /// <param name="device">Where the positions live.</param>
    public TargetDecoder(VideoTransformerShape shape, int values, bool hasMaskToken, Device device)
        : base(nameof(TargetDecoder))
    {
        _encoderToDecoder = nn.Linear(shape.Width, shape.DecoderWidth, hasBias: false);
        _maskToken = hasMaskToken ? nn.Parameter(zeros(1, 1, shape.DecoderWidth)) : null;
        _decoder = new Decoder(shape, values);
        _positions = new PositionTable(shape.Tokens, shape.DecoderWidth, device);
        RegisterComponents();
    }

    public override Tensor forward(Latents latents) => _decoder.Predict(latents, _encoderToDecoder, _maskToken, _positions);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _positions.Dispose();
        base.Dispose(disposing);
    }
}
