using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>Trains a masked autoencoder.</summary>
public static class Pretraining
{
    /// <summary>Trains, or goes on where a run in the same folder stopped, and writes the weights there.</summary>
    /// <param name="settings">What is trained.</param>
    /// <param name="plan">How.</param>
    /// <param name="source">On what.</param>
    /// <param name="pictures">Samples of which reconstructions are made at the end, where a target can be drawn.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="time">For speeds and checkpoint times.</param>
    /// <param name="ct">Cancels after writing a checkpoint.</param>
    /// <returns>What it ended with; of several processes only rank 0 writes weights and knows the loss.</returns>
    /// <exception cref="ModelException">Shape, mask, targets, device or checkpoint are wrong, or a number is not finite.</exception>
    public static (TrainingResult Result, IReadOnlyList<Reconstruction> Pictures) Run(
        PretrainingSettings settings,
        TrainingPlan plan,
        ISampleSource source,
        int pictures,
        IProgress<TrainingProgress> progress,
        TimeProvider time,
        CancellationToken ct)
    {
        settings.Check();
        Device device = TorchSetup.Apply(plan.Torch.For(plan.Processes));
        using var task = new PretrainingTask(settings, source, plan.Seed, device);
        TrainingResult result = new Trainer(plan, task, progress, time).Run(ct) with { Device = device.type.ToString().ToLowerInvariant() };
        if (plan.Processes.Rank > 0)
            return (result, []);

        WeightsFolder.Write(plan.Folder, task.Describe(), task.Model);
        return (result, Reconstructions.Make(settings, task, pictures, ct));
    }
}
