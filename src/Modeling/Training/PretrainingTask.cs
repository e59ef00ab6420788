using TorchSharp;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>
/// Masked autoencoding: for every target the error between what its decoder predicts for the masked tokens and what is there, weighted and
/// added; with a sampler, the loss that teaches it comes on top.
/// </summary>
internal sealed class PretrainingTask : ITrainingTask
{
    private readonly PretrainingSettings _settings;
    private readonly ISampleSource _source;
    private readonly Masking? _masking;
    private readonly IReadOnlyList<ITarget> _targets;
    private readonly IReadOnlyList<DecoderPlan> _decoders;
    private readonly TokenSplitter _splitter;
    private readonly Device _device;

    public PretrainingTask(PretrainingSettings settings, ISampleSource source, ulong seed, Device device)
    {
        settings.Check();
        (_settings, _source, _device) = (settings, source, device);
        _masking = settings.Mask is { } mask ? new Masking(mask, settings.Shape, seed, settings.DecoderMask) : null;
        _targets = settings.MakeTargets();
        _decoders = [.. _targets.Zip(settings.Targets, (target, wanted) => new DecoderPlan(target.Name, wanted.Decoder(settings.Shape), target.Values(settings.Shape)))];
        Network = new PretrainingModel(settings.Shape, _decoders, settings.RegressorDepth, settings.Adaptive is not null, device);
        _splitter = new TokenSplitter(settings, Network, seed, device);
        Initialiser.Pretraining(Network, seed);
        Network.to(device);
        MixedPrecision.Apply(Network, settings.Precision);
    }

    public PretrainingModel Network { get; }

    public nn.Module Model => Network;

    public IReadOnlyList<LossPart> Parts { get; private set; } = [];

    public IReadOnlyList<LayerGroup> Groups(OptimiserSettings settings) => LayerGroups.Split(Parameters.Of(Network), _settings.Shape.Depth, settings);

    public ClipBatch Read(long first, int count, CancellationToken ct) =>
        ClipBatch.Read(_settings.Shape, _source, first, count, _masking, ct, UsedTokenizer);

    public Tensor Loss(ClipBatch batch, long step)
    {
        Tensor cubesBNC = ClipTensor.Bytes(_settings.Shape, batch.Cubes, batch.Count, _device);
        MaskedTokens tokens = Split(batch, cubesBNC);
        Tensor[] predicted = Predict(tokens);
        TargetBatch wanted = Wanted(batch, cubesBNC, tokens.MaskedBM);
        return tokens.ChancesBN is { } chancesBN ? SampledLoss(predicted, wanted, chancesBN) : DrawnLoss(predicted, wanted);
    }

    /// <summary>Splits a batch as training does: with a decoder mask, not every hidden token is predicted.</summary>
    public MaskedTokens Split(ClipBatch batch, Tensor cubesBNC) => _splitter.Split(batch, cubesBNC, mask => mask.Predicted);

    /// <summary>Splits a batch so that every hidden token is predicted.</summary>
    public MaskedTokens SplitAll(ClipBatch batch, Tensor cubesBNC) => _splitter.Split(batch, cubesBNC, mask => mask.Hidden);

    /// <summary>For every target the prediction for the masked tokens.</summary>
    public Tensor[] Predict(MaskedTokens tokens) => Network.Predict(tokens.TokensBVD, tokens.VisibleBV, tokens.MaskedBM);

    /// <summary>The document beside the weights. VideoMAE's own case, one decoder of normalised pixels, needs no list of decoders.</summary>
    public ModelDescription Describe() => new()
    {
        Kind = ModelKind.Autoencoder,
        Shape = _decoders[0].Shape,
        Normalisation = _settings.Normalisation,
        Decoders = _targets is [NormalisedPixels] ? [] : [.. _decoders.Select(DecoderDescription.Of)],
        RegressorDepth = _settings.RegressorDepth,
        HasSampler = _settings.Adaptive is not null,
    };

    public void Dispose() => Network.Dispose();

    private IClipTokenizer? UsedTokenizer => _targets.Any(target => target is Codes) ? _settings.Tokenizer : null;

    private TargetBatch Wanted(ClipBatch batch, Tensor cubesBNC, Tensor maskedBM)
    {
        Tensor? codesBN = batch.Codes.Length == 0 ? null : tensor(batch.Codes, [batch.Count, _settings.Shape.Tokens], device: _device).to(ScalarType.Int64);
        return new TargetBatch(_settings.Shape, cubesBNC, maskedBM, codesBN);
    }

    private Tensor DrawnLoss(Tensor[] predicted, TargetBatch wanted)
    {
        Tensor[] losses = [.. _targets.Select((target, index) => target.Loss(predicted[index], wanted))];
        Parts = losses.Length == 1 ? [] : [.. _targets.Zip(losses, (target, loss) => new LossPart(target.Name, loss.item<float>()))];
        return Sum(losses);
    }

    /// <summary>
    /// What teaches the sampler: minus the mean over masked tokens of error x logarithm of the chance of being drawn, so that what was hard
    /// to predict is shown more often. The error is a reward, and no path for a gradient.
    /// </summary>
    internal static Tensor SamplerLoss(Tensor chancesBN, Tensor maskedBM, Tensor errorsBM) => -(chancesBN.gather(1, maskedBM) * errorsBM).mean();

    private Tensor SampledLoss(Tensor[] predicted, TargetBatch wanted, Tensor chancesBN)
    {
        Tensor[] errors = [.. _targets.Select((target, index) => target.Errors(predicted[index], wanted))];
        Tensor errorBM = Sum(errors);
        Tensor sampling = SamplerLoss(chancesBN, wanted.MaskedBM, errorBM.detach());
        Parts = [.. _targets.Zip(errors, (target, error) => new LossPart(target.Name, error.mean().item<float>())), new LossPart("sampler", sampling.item<float>())];
        return errorBM.mean() + (sampling * _settings.Adaptive!.LossWeight);
    }

    private Tensor Sum(Tensor[] losses) => losses
        .Select((loss, index) => _settings.Targets[index].Weight is var weight && weight != 1 ? loss * weight : loss)
        .Aggregate((sum, loss) => sum + loss);
}
