using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>The sizes of a decoder.</summary>
/// <param name="Name">Its target.</param>
/// <param name="Shape">The model's shape with this decoder's sizes.</param>
/// <param name="Values">Numbers to predict for each masked token.</param>
internal sealed record DecoderPlan(string Name, VideoTransformerShape Shape, int Values);

/// <summary>
/// A masked autoencoder of video (Tong et al., "VideoMAE", 2022), under the parameter names of its checkpoints. Decoders after the
/// first, a regressor and a sampler have names of their own: <c>decoder_TARGET.*</c>, <c>regressor.*</c>, <c>sampler.*</c>.
/// </summary>
/// <remarks>Shape letters: B clips, V visible tokens, M masked tokens, D width, E decoder width, C values of a cube.</remarks>
internal sealed class PretrainingModel : nn.Module<Tensor, Tensor, Tensor, Tensor[]>
{
    [ComponentName(Name = "encoder")] private readonly Encoder _encoder;
    [ComponentName(Name = "encoder_to_decoder")] private readonly Linear _encoderToDecoder;
    [ComponentName(Name = "mask_token")] private readonly Parameter? _maskToken;
    [ComponentName(Name = "decoder")] private readonly Decoder _decoder;
    [ComponentName(Name = "regressor")] private readonly Regressor? _regressor;
    [ComponentName(Name = "sampler")] private readonly Sampler? _sampler;
    private readonly TargetDecoder[] _further;
    private readonly PositionTable _encoderPositions;
    private readonly PositionTable _decoderPositions;

    /// <summary>Makes VideoMAE's modules; their values come from an <see cref="Initialiser"/> or a checkpoint.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="values">Numbers to predict for each masked token.</param>
    /// <param name="device">Where the positions live; move the module there too.</param>
    public PretrainingModel(VideoTransformerShape shape, int values, Device device)
        : this(shape, [new DecoderPlan("values", shape, values)], 0, false, device)
    {
    }

    /// <summary>Makes the modules.</summary>
    /// <param name="shape">The encoder's sizes.</param>
    /// <param name="decoders">The decoders, at least one.</param>
    /// <param name="regressorDepth">Blocks of a regressor between encoder and decoders; 0 for none.</param>
    /// <param name="hasSampler">Whether there is a sampler of visible tokens.</param>
    /// <param name="device">Where the positions live; move the module there too.</param>
    public PretrainingModel(VideoTransformerShape shape, IReadOnlyList<DecoderPlan> decoders, int regressorDepth, bool hasSampler, Device device)
        : base(nameof(PretrainingModel))
    {
        (DecoderPlan first, bool hasMaskTokens) = (decoders[0], regressorDepth == 0);
        _encoder = new Encoder(shape);
        _encoderToDecoder = nn.Linear(shape.Width, first.Shape.DecoderWidth, hasBias: false);
        _maskToken = hasMaskTokens ? nn.Parameter(zeros(1, 1, first.Shape.DecoderWidth)) : null;
        _decoder = new Decoder(first.Shape, first.Values);
        _regressor = regressorDepth > 0 ? new Regressor(shape, regressorDepth) : null;
        _sampler = hasSampler ? new Sampler(shape) : null;
        _encoderPositions = new PositionTable(shape.Tokens, shape.Width, device);
        _decoderPositions = new PositionTable(shape.Tokens, first.Shape.DecoderWidth, device);
        _further = [.. decoders.Skip(1).Select(plan => new TargetDecoder(plan.Shape, plan.Values, hasMaskTokens, device))];
        RegisterComponents();
        for (int index = 0; index < _further.Length; index++)
            register_module(DecoderName(decoders[index + 1].Name), _further[index]);
    }

    /// <summary>What stands before the names of a decoder after the first.</summary>
    public static string DecoderName(string target) => $"decoder_{target}";

    /// <summary>Predicts the masked tokens.</summary>
    /// <param name="visibleCubesBVC">Normalised pixels of the visible cubes.</param>
    /// <param name="visibleBV">Their token numbers, int64.</param>
    /// <param name="maskedBM">The token numbers to predict, int64.</param>
    /// <returns>For each decoder [B, M, values].</returns>
    public override Tensor[] forward(Tensor visibleCubesBVC, Tensor visibleBV, Tensor maskedBM) =>
        Predict(Embed(visibleCubesBVC), visibleBV, maskedBM);

    /// <summary>From cubes [B, N, C] to tokens without positions [B, N, D].</summary>
    public Tensor Embed(Tensor cubesBNC) => _encoder.Embed(cubesBNC);

    /// <summary>From all tokens without positions [B, N, D] to the logarithm of the chance that each is drawn, [B, N]; needs a sampler.</summary>
    public Tensor Sample(Tensor tokensBND)
    {
        using DisposeScope scope = NewDisposeScope();
        return _sampler!.call(tokensBND + _encoderPositions.All).MoveToOuterDisposeScope();
    }

    /// <summary>What the encoder makes of tokens without positions [B, V, D] at numbered places, [B, V, D].</summary>
    public Tensor Encode(Tensor tokensBVD, Tensor visibleBV)
    {
        using DisposeScope scope = NewDisposeScope();
        return _encoder.call(tokensBVD, _encoderPositions.Select(visibleBV)).MoveToOuterDisposeScope();
    }

    /// <summary>As <see cref="forward"/>, from visible tokens without positions [B, V, D].</summary>
    public Tensor[] Predict(Tensor tokensBVD, Tensor visibleBV, Tensor maskedBM)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor encodedBVD = _encoder.call(tokensBVD, _encoderPositions.Select(visibleBV));
        var latents = new Latents(encodedBVD, _regressor?.call(_encoderPositions.Select(maskedBM), encodedBVD), visibleBV, maskedBM);
        Tensor first = _decoder.Predict(latents, _encoderToDecoder, _maskToken, _decoderPositions);
        return [first.MoveToOuterDisposeScope(), .. _further.Select(decoder => decoder.call(latents).MoveToOuterDisposeScope())];
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
