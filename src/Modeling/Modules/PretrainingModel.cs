using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>The encoder as pre-training has it: it sees visible tokens only and ends with a norm.</summary>
internal sealed class Encoder : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "patch_embed")] private readonly PatchEmbed _patchEmbed;
    [ComponentName(Name = "blocks")] private readonly ModuleList<Block> _blocks;
    [ComponentName(Name = "norm")] private readonly LayerNorm _norm;

    public Encoder(VideoTransformerShape shape)
        : base(nameof(Encoder))
    {
        _patchEmbed = new PatchEmbed(shape);
        _blocks = nn.ModuleList([.. Enumerable.Range(0, shape.Depth).Select(_ => new Block(shape.Width, shape.Heads, shape.MlpWidth))]);
        _norm = nn.LayerNorm(shape.Width, eps: Block.NormEpsilon);
        RegisterComponents();
    }

    /// <summary>From visible cubes [B, V, C] and their positions [B, V, D] to tokens [B, V, D].</summary>
    public override Tensor forward(Tensor cubesBVC, Tensor positionsBVD)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor xBVD = _patchEmbed.call(cubesBVC) + positionsBVD;
        foreach (Block block in _blocks)
            xBVD = block.call(xBVD);
        return _norm.call(xBVD).MoveToOuterDisposeScope();
    }
}

/// <summary>Predicts the values of the last tokens of a sequence.</summary>
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

    public override Tensor forward(Tensor xBND) => Predict(xBND, xBND.shape[1]);

    /// <summary>From all tokens [B, N, D] to the values of the last <paramref name="predicted"/> of them, [B, M, C].</summary>
    public Tensor Predict(Tensor xBND, long predicted)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (Block block in _blocks)
            xBND = block.call(xBND);
        Tensor lastBMD = xBND.narrow(1, xBND.shape[1] - predicted, predicted);
        return MixedPrecision.Run(_head, _norm.call(lastBMD), ComputeType).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }
}

/// <summary>A masked autoencoder of video (Tong et al., "VideoMAE", 2022), under the parameter names of its checkpoints.</summary>
/// <remarks>Shape letters: B clips, V visible tokens, M masked tokens, D width, E decoder width, C values of a cube.</remarks>
internal sealed class PretrainingModel : nn.Module<Tensor, Tensor, Tensor, Tensor>, IMixedPrecision
{
    [ComponentName(Name = "encoder")] private readonly Encoder _encoder;
    [ComponentName(Name = "encoder_to_decoder")] private readonly Linear _encoderToDecoder;
    [ComponentName(Name = "mask_token")] private readonly Parameter _maskToken;
    [ComponentName(Name = "decoder")] private readonly Decoder _decoder;
    private readonly PositionTable _encoderPositions;
    private readonly PositionTable _decoderPositions;

    /// <summary>Makes the modules; their values come from an <see cref="Initialiser"/> or a checkpoint.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="values">Numbers to predict for each masked token.</param>
    /// <param name="device">Where the positions live; move the module there too.</param>
    public PretrainingModel(VideoTransformerShape shape, int values, Device device)
        : base(nameof(PretrainingModel))
    {
        _encoder = new Encoder(shape);
        _encoderToDecoder = nn.Linear(shape.Width, shape.DecoderWidth, hasBias: false);
        _maskToken = nn.Parameter(zeros(1, 1, shape.DecoderWidth));
        _decoder = new Decoder(shape, values);
        _encoderPositions = new PositionTable(shape.Tokens, shape.Width, device);
        _decoderPositions = new PositionTable(shape.Tokens, shape.DecoderWidth, device);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public ScalarType ComputeType { get; set; } = ScalarType.Float32;

    /// <summary>Predicts the masked tokens.</summary>
    /// <param name="visibleCubesBVC">Normalised pixels of the visible cubes.</param>
    /// <param name="visibleBV">Their token numbers, int64.</param>
    /// <param name="maskedBM">The token numbers to predict, int64.</param>
    /// <returns>[B, M, values].</returns>
    public override Tensor forward(Tensor visibleCubesBVC, Tensor visibleBV, Tensor maskedBM)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor seenBVD = _encoder.call(visibleCubesBVC, _encoderPositions.Select(visibleBV));
        Tensor encodedBVE = MixedPrecision.Run(_encoderToDecoder, seenBVD, ComputeType).to(ScalarType.Float32);
        Tensor knownBVE = encodedBVE + _decoderPositions.Select(visibleBV);
        Tensor unknownBME = _maskToken + _decoderPositions.Select(maskedBM);
        return _decoder.Predict(cat([knownBVE, unknownBME], 1), maskedBM.shape[1]).MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _encoderPositions.Dispose();
            _decoderPositions.Dispose();
        }

        base.Dispose(disposing);
    }
}
