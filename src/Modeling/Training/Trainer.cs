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
    private const int RecentSteps = 100;

    private readonly TrainingPlan _plan;
    private readonly ITrainingTask _task;
    private readonly IProgress<TrainingProgress> _progress;
    private readonly TimeProvider _time;
    private readonly CheckpointFiles _files;
    private readonly ICollectives _processes;
    private IReadOnlyList<string> _lastSamples = [];
    private string? _asked;

    public Trainer(TrainingPlan plan, ITrainingTask task, IProgress<TrainingProgress> progress, TimeProvider time)
    {
        (_plan, _task, _progress, _time) = (plan.Checked(), task, progress, time);
        _files = new CheckpointFiles(plan.Folder, plan.Checkpoints);
        _processes = plan.Processes;
    }

    // Others hold copies of the same weights, and have nothing to write.
    private bool IsFirst => _processes.Rank == 0;

    /// <summary>Trains to the last step.</summary>
    /// <exception cref="NonFiniteException">The loss, or a tensor to be saved, is not finite; the last checkpoint is kept.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, here or in another process of the training; a checkpoint holds everything done.</exception>
    /// <exception cref="LostProcessException">Another process of the training is gone; a checkpoint holds everything done.</exception>
    public TrainingResult Run(CancellationToken ct)
    {
        Directory.CreateDirectory(_plan.Folder);
        _task.Model.train();
        using var optimiser = new Optimiser(_task.Groups(_plan.Optimiser), _plan.Optimiser);
        TrainingStart.Check(_plan, _task.Model);
        long first = IsFirst && _files.Newest is { } newest ? Checkpoint.Load(newest, _task.State, optimiser, _plan) : 0;
        first = TrainingStart.Share(_processes, _task.State, optimiser, first);
        using MetricsFile metrics = MetricsFile.Open(Path.Combine(_plan.Folder, MetricsFile.Name), IsFirst ? first : 0);

        var clock = new TrainingClock(_plan, first, _time);
        Loop(first, optimiser, metrics, clock, ct);
        if (!IsFirst)
            return new TrainingResult(_plan.Steps, double.NaN, clock.ClipsPerSecond, clock.Waiting, _plan.Torch.Device);

        LossCurve.Write(Path.Combine(_plan.Folder, LossCurve.Name), metrics.Steps);
        return new TrainingResult(_plan.Steps, FinalLoss(metrics), clock.ClipsPerSecond, clock.Waiting, _plan.Torch.Device);
    }

    private void Loop(long first, Optimiser optimiser, MetricsFile metrics, TrainingClock clock, CancellationToken ct)
    {
        using var batches = new OrderedPrefetcher<ClipBatch>(ReadPart, first * _plan.Accumulate, _plan.Steps * _plan.Accumulate, _plan.Workers, Math.Max(_plan.Ahead, 2 * _plan.Workers));
        using var writer = new CheckpointWriter(_files);
        using IGradientReduction reduction = _processes.Attach([.. optimiser.Parameters]);
        long saved = first;
        long step = first;
        try
        {
            for (; step < _plan.Steps; step++)
            {
                ThrowIfAsked(ct);
                writer.ThrowIfFailed();
                StepMetrics done = Step(step, batches, optimiser, reduction, ct);
                metrics.Add(done);
                _progress.Report(clock.Tick(done, batches.Waited));
                if (step + 1 - saved >= _plan.Checkpoints.Steps || clock.SinceCheckpoint >= _plan.Checkpoints.Interval || step + 1 == _plan.Steps)
                    Save(saved = step + 1, optimiser, metrics, writer, clock);
            }
        }
        catch (OperationCanceledException)
        {
            if (step > saved)
                Save(step, optimiser, metrics, writer, clock);
            writer.Finish();
            throw;
        }
        catch (LostProcessException lost)
        {
            // What is exchanged comes before the update: the weights are those that the steps so far ended with. What forward changes is not.
            if (step > saved && _task.State.All(entry => entry.Tensor.requires_grad))
                Save(saved = step, optimiser, metrics, writer, clock);
            writer.Finish();
            string kept = saved == 0 ? "there is no checkpoint yet" : IsFirst ? $"the last checkpoint is of step {saved}" : "rank 0 keeps the last checkpoint";
            throw new LostProcessException($"{lost.Message}; {kept}, run the same command again to go on.");
        }

        writer.Finish();
    }

    // Whoever of several processes is asked to stop says so to the others, and all of them end with the same step.
    private void ThrowIfAsked(CancellationToken ct)
    {
        if (_processes.Count == 1)
            ct.ThrowIfCancellationRequested();
        else if (_asked is { } who)
            throw new AskedToStopException($"{who} was asked to stop", ct);
    }

    // Every process reads its share of each part.
    private ClipBatch ReadPart(long part, CancellationToken ct)
    {
        int share = _plan.PartSize / _processes.Count;
        return _task.Read((part * _plan.PartSize) + (_processes.Rank * share), share, ct);
    }

    private StepMetrics Step(long step, OrderedPrefetcher<ClipBatch> batches, Optimiser optimiser, IGradientReduction reduction, CancellationToken ct)
    {
        double rate = _plan.Schedule.At(step);
        double loss = 0;
        Dictionary<string, double>? parts = null;
        optimiser.Clear();
        for (int part = 0; part < _plan.Accumulate; part++)
        {
            using ClipBatch batch = batches.Take(_processes.Count == 1 && part == 0 ? ct : default);
            if (part == _plan.Accumulate - 1)
                reduction.Arm();
            loss += Backward(step, batch) / _plan.Accumulate;
            foreach (LossPart made in _task.Parts)
                (parts ??= new(StringComparer.Ordinal))[made.Name] = parts.GetValueOrDefault(made.Name) + (made.Value / _plan.Accumulate);
        }

        reduction.Finish();
        (loss, parts, _asked) = StepAgreement.Reach(_processes, loss, parts, ct);
        double? norm = optimiser.Clip();
        if (norm is { } found && !double.IsFinite(found))
            throw new NonFiniteException($"The norm of the gradients ({found})", step, _lastSamples);

        optimiser.Step(rate);
        return new StepMetrics(step, Math.Round(step / _plan.StepsPerEpoch, 4), loss, rate, norm) { Parts = parts };
    }

    // The mean over all parts of a step has the same gradient as the whole in one.
    private float Backward(long step, ClipBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        _lastSamples = batch.Names;
        Tensor loss = _task.Loss(batch, step);
        float value = loss.item<float>();
        if (!float.IsFinite(value))
            throw new NonFiniteException(NonFiniteLoss(value, batch, step), step, _lastSamples);

        (_plan.Accumulate == 1 ? loss : loss / _plan.Accumulate).backward();
        return value;
    }

    private string NonFiniteLoss(float value, ClipBatch batch, long step) => NonFiniteSearch.First(_task, batch, step) is { } tensor
        ? $"The loss ({value}; the first tensor that went bad is {tensor})"
        : $"The loss ({value}; every parameter and layer before it is finite)";

    private void Save(long step, Optimiser optimiser, MetricsFile metrics, CheckpointWriter writer, TrainingClock clock)
    {
        if (!IsFirst)
            return;

        // One copy of everything is enough: the one before must be on the disk before the next is made.
        writer.Finish();
        double recent = metrics.Steps.TakeLast(RecentSteps).Average(done => done.Loss);
        writer.Begin(Checkpoint.Take(_task.State, optimiser, step, _plan, recent, _lastSamples), metrics);
        clock.Saved();
    }

    private static double FinalLoss(MetricsFile metrics) =>
        metrics.Steps.TakeLast(Math.Max(1, metrics.Steps.Count / 10)).Average(step => step.Loss);
}
