using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>What pre-training needs beside the loop's plan.</summary>
public sealed record PretrainingSettings
{
    /// <summary>The network's sizes.</summary>
    public required VideoTransformerShape Shape { get; init; }

    /// <summary>Which tokens are hidden.</summary>
    public required IMaskStrategy Mask { get; init; }

    /// <summary>Which of the hidden tokens are predicted in training; null (default) for all of them.</summary>
    public IDecoderMask? DecoderMask { get; init; }

    /// <summary>What is predicted: one of <see cref="TargetNames.All"/>. Default <c>normalised_pixels</c>.</summary>
    public string Target { get; init; } = "normalised_pixels";

    /// <summary>How pixels are normalised. Default ImageNet's.</summary>
    public PixelNormalisation Normalisation { get; init; } = PixelNormalisation.ImageNet;
}

/// <summary>Pictures of what a masked autoencoder predicts.</summary>
/// <param name="Original">The clip, uint8 [frame, row, column, channel].</param>
/// <param name="Masked">The clip with hidden cubes grey.</param>
/// <param name="Predicted">
/// The clip with hidden cubes as predicted. For normalised pixels the mean and deviation of the original cube are put back,
/// for motion the mean over time, for frame differences the frame before: all of them unknown to the network.
/// </param>
public sealed record Reconstruction(byte[] Original, byte[] Masked, byte[] Predicted);

/// <summary>Trains a masked autoencoder.</summary>
public static class Pretraining
{
    /// <summary>Trains, or goes on where a run in the same folder stopped, and writes the weights there.</summary>
    /// <param name="settings">What is trained.</param>
    /// <param name="plan">How.</param>
    /// <param name="source">On what.</param>
    /// <param name="pictures">Samples of which reconstructions are made at the end.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="time">For speeds and checkpoint times.</param>
    /// <param name="ct">Cancels after writing a checkpoint.</param>
    /// <returns>What it ended with; of several processes only rank 0 writes weights and knows the loss.</returns>
    /// <exception cref="ModelException">Shape, mask, target, device or checkpoint are wrong, or a number is not finite.</exception>
    public static (TrainingResult Result, IReadOnlyList<Reconstruction> Pictures) Run(
        PretrainingSettings settings,
        TrainingPlan plan,
        ISampleSource source,
        int pictures,
        IProgress<TrainingProgress> progress,
        TimeProvider time,
        CancellationToken ct)
    {
        settings.Shape.Checked("shape");
        Device device = TorchSetup.Apply(plan.Torch.For(plan.Processes));
        using var task = new PretrainingTask(settings, source, plan.Seed, device);
        TrainingResult result = new Trainer(plan, task, progress, time).Run(ct) with { Device = device.type.ToString().ToLowerInvariant() };
        if (plan.Processes.Rank > 0)
            return (result, []);

        var description = new ModelDescription { Kind = ModelKind.Autoencoder, Shape = settings.Shape, Normalisation = settings.Normalisation };
        WeightsFolder.Write(plan.Folder, description, task.Model);
        return (result, Reconstructions.Make(settings, task, pictures, ct));
    }
}
