using TorchSharp;
using Unreel.Video;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>
/// Runs training steps on made-up clips that are ready in memory, for measuring: all of a step that training does but reading data
/// and writing files.
/// </summary>
public sealed class StepMeter : IDisposable
{
    private const double Rate = 1e-5;
    private readonly ITrainingTask _task;
    private readonly Optimiser _optimiser;
    private readonly ClipBatch _batch;
    private long _step;

    private StepMeter(ITrainingTask task, OptimiserSettings settings, int clips, CancellationToken ct)
    {
        _task = task;
        _task.Model.train();
        _optimiser = new Optimiser(task.Groups(settings), settings);
        _batch = task.Read(0, clips, ct);
    }

    /// <summary>Steps of pre-training.</summary>
    /// <param name="settings">What is trained.</param>
    /// <param name="clips">Clips of a step.</param>
    /// <param name="torch">Where, and on how many threads.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="ModelException">The settings are wrong.</exception>
    public static StepMeter Pretraining(PretrainingSettings settings, int clips, TorchOptions torch, CancellationToken ct)
    {
        Device device = TorchSetup.Apply(torch);
        return new StepMeter(new PretrainingTask(settings, new NoiseClips(settings.Shape, 1), 0, device), new OptimiserSettings { Beta2 = 0.95 }, clips, ct);
    }

    /// <summary>Steps of fine-tuning.</summary>
    /// <param name="settings">What is trained.</param>
    /// <param name="clips">Clips of a step.</param>
    /// <param name="torch">Where, and on how many threads.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="ModelException">The settings are wrong.</exception>
    public static StepMeter Finetuning(FinetuningSettings settings, int clips, TorchOptions torch, CancellationToken ct)
    {
        Device device = TorchSetup.Apply(torch);
        return new StepMeter(new FinetuningTask(settings, new NoiseClips(settings.Shape, settings.Labels.Count), 0, device), new OptimiserSettings(), clips, ct);
    }

    /// <summary>One step: targets, forward, backward, update.</summary>
    /// <returns>The loss before the update.</returns>
    public double Step()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor loss = _task.Loss(_batch, _step++);
        double value = loss.item<float>();
        _optimiser.Clear();
        loss.backward();
        _optimiser.Step(Rate);
        return value;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _batch.Dispose();
        _optimiser.Dispose();
        _task.Dispose();
    }

    private sealed class NoiseClips(VideoTransformerShape shape, int labels) : ISampleSource
    {
        public ClipSample Read(long number, CancellationToken ct)
        {
            byte[] pixels = new byte[shape.ClipBytes];
            var random = new RandomStream(0, "measured clips", (ulong)number);
            for (int place = 0; place < pixels.Length; place++)
                pixels[place] = (byte)random.NextInt(256);
            return new ClipSample(pixels, (int)(number % labels), $"noise {number}");
        }
    }
}
