using TorchSharp;
using Unreel.Video;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>
/// The training loop of every stage: batches made ahead, one update a step, checkpoints, metrics.
/// Run again after being stopped anywhere, it ends with the same weights as if it had not been.
/// </summary>
internal sealed class Trainer
{
    private readonly TrainingPlan _plan;
    private readonly ITrainingTask _task;
    private readonly IProgress<TrainingProgress> _progress;
    private readonly TimeProvider _time;
    private readonly string _checkpointPath;
    private IReadOnlyList<string> _lastSamples = [];

    public Trainer(TrainingPlan plan, ITrainingTask task, IProgress<TrainingProgress> progress, TimeProvider time)
    {
        (_plan, _task, _progress, _time) = (plan, task, progress, time);
        _checkpointPath = Path.Combine(plan.Folder, Checkpoint.Name);
    }

    /// <summary>Trains to the last step.</summary>
    /// <exception cref="NonFiniteException">The loss, or a tensor to be saved, is not finite; the last checkpoint is kept.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; a checkpoint holds everything done.</exception>
    public TrainingResult Run(CancellationToken ct)
    {
        Directory.CreateDirectory(_plan.Folder);
        _task.Model.train();
        using var optimiser = new Optimiser(_task.Groups(_plan.Optimiser), _plan.Optimiser);
        long first = File.Exists(_checkpointPath) ? Checkpoint.Load(_checkpointPath, _task.Model, optimiser, _plan) : 0;
        using MetricsFile metrics = MetricsFile.Open(Path.Combine(_plan.Folder, MetricsFile.Name), first);

        var clock = new TrainingClock(_plan, first, _time);
        Loop(first, optimiser, metrics, clock, ct);
        return new TrainingResult(_plan.Steps, FinalLoss(metrics), clock.ClipsPerSecond, clock.Waiting, _plan.Torch.Device);
    }

    private void Loop(long first, Optimiser optimiser, MetricsFile metrics, TrainingClock clock, CancellationToken ct)
    {
        using var batches = new OrderedPrefetcher<ClipBatch>(ReadBatch, first, _plan.Steps, _plan.Workers, _plan.Ahead);
        long saved = first;
        long step = first;
        try
        {
            for (; step < _plan.Steps; step++)
            {
                ct.ThrowIfCancellationRequested();
                StepMetrics done = Step(step, batches.Take(ct), optimiser);
                metrics.Add(done);
                _progress.Report(clock.Tick(done, batches.Waited));
                if (step + 1 - saved >= _plan.CheckpointSteps || clock.SinceCheckpoint >= _plan.CheckpointInterval || step + 1 == _plan.Steps)
                    Save(saved = step + 1, optimiser, metrics, clock);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested && step > saved)
        {
            Save(step, optimiser, metrics, clock);
            throw;
        }
    }

    private ClipBatch ReadBatch(long step, CancellationToken ct) => _task.Read(step * _plan.BatchSize, _plan.BatchSize, ct);

    private StepMetrics Step(long step, ClipBatch batch, Optimiser optimiser)
    {
        using DisposeScope scope = NewDisposeScope();
        _lastSamples = batch.Names;
        double rate = _plan.Schedule.At(step);
        Tensor loss = _task.Loss(batch, step);
        float value = loss.item<float>();
        if (!float.IsFinite(value))
            throw new NonFiniteException($"The loss ({value})", step, _lastSamples);

        optimiser.Step(loss, rate);
        return new StepMetrics(step, Math.Round(step / _plan.StepsPerEpoch, 4), value, rate) { Parts = Parts(_task.Parts) };
    }

    private static Dictionary<string, double>? Parts(IReadOnlyList<LossPart> parts) =>
        parts.Count == 0 ? null : parts.ToDictionary(part => part.Name, part => part.Value, StringComparer.Ordinal);

    private void Save(long step, Optimiser optimiser, MetricsFile metrics, TrainingClock clock)
    {
        metrics.Flush();
        Checkpoint.Save(_checkpointPath, _task.Model, optimiser, step, _plan, _lastSamples);
        clock.Saved();
    }

    private static double FinalLoss(MetricsFile metrics) =>
        metrics.Steps.TakeLast(Math.Max(1, metrics.Steps.Count / 10)).Average(step => step.Loss);
}
