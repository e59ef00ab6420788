using TorchSharp;
using Unreel.Video;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>Classification: cross entropy with label smoothing.</summary>
internal sealed class FinetuningTask : ITrainingTask
{
    private readonly FinetuningSettings _settings;
    private readonly ISampleSource _source;
    private readonly ulong _seed;
    private readonly Device _device;

    public FinetuningTask(FinetuningSettings settings, ISampleSource source, ulong seed, Device device)
    {
        (_settings, _source, _seed, _device) = (settings, source, seed, device);
        Network = new Classifier(settings.Shape, settings.Labels.Count, device);
        Initialiser.Finetuning(Network, seed);
        if (settings.EncoderFolder is { } folder)
            WeightsFolder.LoadEncoder(folder, Network);
        Network.to(device);
        MixedPrecision.Apply(Network, settings.Precision);
    }

    public Classifier Network { get; }

    public nn.Module Model => Network;

    public IReadOnlyList<LayerGroup> Groups(OptimiserSettings settings) => LayerGroups.Split(Parameters.Of(Network), _settings.Shape.Depth, settings);

    public ClipBatch Read(long first, int count, CancellationToken ct) => ClipBatch.Read(_settings.Shape, _source, first, count, null, ct);

    public Tensor Loss(ClipBatch batch, long step)
    {
        Tensor cubesBNC = ClipTensor.Bytes(_settings.Shape, batch.Cubes, batch.Count, _device);
        Tensor labelsB = tensor([.. batch.Samples.Select(sample => (long)sample.Label)], device: _device);
        Tensor logitsBL = Network.Run(ClipTensor.Input(_settings.Shape, cubesBNC, _settings.Normalisation), Noise(batch));
        return nn.functional.cross_entropy(logitsBL, labelsB, label_smoothing: _settings.LabelSmoothing);
    }

    public void Dispose() => Network.Dispose();

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
