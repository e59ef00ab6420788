using TorchSharp;
using TorchSharp.Modules;
using Unreel.Video;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>Classification: cross entropy with label smoothing, of clips that may be mixed, by an encoder that may be frozen.</summary>
internal sealed class FinetuningTask : ITrainingTask
{
    private const double BatchNormEpsilon = 1e-6;
    private readonly FinetuningSettings _settings;
    private readonly ISampleSource _source;
    private readonly ClipMixing _mixing;
    private readonly BatchNorm1d? _featureNorm;
    private readonly ulong _seed;
    private readonly Device _device;

    public FinetuningTask(FinetuningSettings settings, ISampleSource source, ulong seed, Device device)
    {
        (_settings, _source, _seed, _device) = (settings, source, seed, device);
        _mixing = new ClipMixing(settings.Mixing, settings.Shape, seed);
        Network = new Classifier(settings.Shape, settings.Labels.Count, device, settings.Pooling);
        Initialiser.Finetuning(Network, seed);
        if (settings.EncoderFolder is { } folder)
            WeightsFolder.LoadEncoder(folder, Network);
        Network.to(device);
        MixedPrecision.Apply(Network, settings.Precision);
        if (settings.FrozenBlocks is { } frozen)
            Network.Freeze(frozen);
        if (settings.Head == ClassifierHead.BatchNorm)
            _featureNorm = nn.BatchNorm1d(settings.Shape.Width, eps: BatchNormEpsilon, affine: false, device: device);
    }

    public Classifier Network { get; }

    public nn.Module Model => Network;

    /// <summary>What is trained, and what a batch norm has seen; a frozen encoder is read again instead.</summary>
    public IReadOnlyList<(string Name, Tensor Tensor)> State =>
    [
        .. Trained.Select(entry => (entry.Name, (Tensor)entry.Parameter)),
        .. _featureNorm is { } norm ? [("head_norm.running_mean", norm.running_mean!), ("head_norm.running_var", norm.running_var!)] : Array.Empty<(string, Tensor)>(),
    ];

    private IEnumerable<(string Name, Parameter Parameter)> Trained => Parameters.Of(Network).Where(entry => entry.Parameter.requires_grad);

    public IReadOnlyList<LayerGroup> Groups(OptimiserSettings settings) => LayerGroups.Split(Trained, _settings.Shape.Depth, settings);

    public ClipBatch Read(long first, int count, CancellationToken ct) => ClipBatch.Read(_settings.Shape, _source, first, count, null, ct);

    public Tensor Loss(ClipBatch batch, long step)
    {
        Tensor cubesBNC = ClipTensor.Bytes(_settings.Shape, batch.Cubes, batch.Count, _device);
        Tensor xBNC = ClipTensor.Input(_settings.Shape, cubesBNC, _settings.Normalisation);
        int[] labels = [.. batch.Samples.Select(sample => sample.Label)];
        if (_mixing.Draw(batch.FirstSample) is { } mix)
        {
            float[] targets = ClipMixing.Targets(labels, _settings.Labels.Count, _settings.LabelSmoothing, mix);
            return ClipMixing.Loss(Logits(_mixing.Clips(xBNC, mix), batch), tensor(targets, [batch.Count, _settings.Labels.Count], device: _device));
        }

        Tensor labelsB = tensor([.. labels.Select(label => (long)label)], device: _device);
        return nn.functional.cross_entropy(Logits(xBNC, batch), labelsB, label_smoothing: _settings.LabelSmoothing);
    }

    /// <summary>Ends training: what stood between features and linear layer goes into the linear layer.</summary>
    public void Finish()
    {
        if (_featureNorm is not { } norm)
            return;

        using DisposeScope scope = NewDisposeScope();
        Network.FoldIntoHead(norm.running_mean!, (norm.running_var! + BatchNormEpsilon).rsqrt());
    }

    public void Dispose()
    {
        _featureNorm?.Dispose();
        Network.Dispose();
    }

    private Tensor Logits(Tensor xBNC, ClipBatch batch)
    {
        ClassifierNoise noise = Noise(batch);
        Tensor featuresBD = Network.Features(xBNC, noise.Paths);
        return Network.Logits(_featureNorm is null ? featuresBD : _featureNorm.call(featuresBD), noise.Features);
    }

    private ClassifierNoise Noise(ClipBatch batch) => new(
        _settings.DropPath > 0 ? tensor(PathScales(batch), [_settings.Shape.Depth, 2, batch.Count], device: _device) : null,
        _settings.Dropout > 0 ? tensor(FeatureScales(batch), [batch.Count, _settings.Shape.Width], device: _device) : null);

    /// <summary>The rate grows linearly from 0 at the first block to the full one at the last (Huang et al., "Stochastic depth", 2016).</summary>
    private float[] PathScales(ClipBatch batch)
    {
        int depth = _settings.Shape.Depth;
        float[] scales = new float[depth * 2 * batch.Count];
        for (int clip = 0; clip < batch.Count; clip++)
        {
            var random = new RandomStream(_seed, "drop path", (ulong)(batch.FirstSample + clip));
            for (int branch = 0; branch < depth * 2; branch++)
                scales[(branch * batch.Count) + clip] = Scale(_settings.DropPath * (branch / 2) / Math.Max(1, depth - 1), ref random);
        }

        return scales;
    }

    private float[] FeatureScales(ClipBatch batch)
    {
        float[] scales = new float[batch.Count * _settings.Shape.Width];
        for (int clip = 0; clip < batch.Count; clip++)
        {
            var random = new RandomStream(_seed, "dropout", (ulong)(batch.FirstSample + clip));
            for (int feature = 0; feature < _settings.Shape.Width; feature++)
                scales[(clip * _settings.Shape.Width) + feature] = Scale(_settings.Dropout, ref random);
        }

        return scales;
    }

    private static float Scale(double dropped, ref RandomStream random) => random.NextDouble() < dropped ? 0 : (float)(1 / (1 - dropped));
}
