using TorchSharp;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>Masked autoencoding: mean squared error between predicted and target values of the masked tokens that the decoder predicts.</summary>
internal sealed class PretrainingTask : ITrainingTask
{
    private readonly PretrainingSettings _settings;
    private readonly ISampleSource _source;
    private readonly Masking _masking;
    private readonly ITarget _target;
    private readonly Device _device;

    public PretrainingTask(PretrainingSettings settings, ISampleSource source, ulong seed, Device device)
    {
        (_settings, _source, _device) = (settings, source, device);
        _masking = new Masking(settings.Mask, settings.Shape, seed, settings.DecoderMask);
        _target = TargetNames.Get(settings.Target);
        Network = new PretrainingModel(settings.Shape, _target.Values(settings.Shape), device);
        Initialiser.Pretraining(Network, seed);
        Network.to(device);
        MixedPrecision.Apply(Network, settings.Precision);
    }

    public PretrainingModel Network { get; }

    public nn.Module Model => Network;

    public IReadOnlyList<LayerGroup> Groups(OptimiserSettings settings) => LayerGroups.Split(Parameters.Of(Network), _settings.Shape.Depth, settings);

    public ClipBatch Read(long first, int count, CancellationToken ct) => ClipBatch.Read(_settings.Shape, _source, first, count, _masking, ct);

    public Tensor Loss(ClipBatch batch, long step)
    {
        Tensor maskedBM = ClipTensor.Numbers([.. batch.Masks.Select(mask => mask.Predicted)], _device);
        Tensor cubesBNC = ClipTensor.Bytes(_settings.Shape, batch.Cubes, batch.Count, _device);
        return nn.functional.mse_loss(Predict(batch, cubesBNC, maskedBM), _target.Compute(_settings.Shape, cubesBNC, maskedBM));
    }

    /// <summary>The prediction for the masked tokens of a batch.</summary>
    public Tensor Predict(ClipBatch batch, Tensor cubesBNC, Tensor maskedBM)
    {
        Tensor visibleBV = ClipTensor.Numbers([.. batch.Masks.Select(mask => mask.Visible)], _device);
        Tensor visibleBVC = ClipTensor.Input(_settings.Shape, cubesBNC, visibleBV, _settings.Normalisation);
        return Network.call(visibleBVC, visibleBV, maskedBM);
    }

    public void Dispose() => Network.Dispose();
}
