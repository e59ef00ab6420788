using System.ComponentModel.DataAnnotations;
using Unreel.Video;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>What fine-tuning needs beside the loop's plan.</summary>
public sealed record FinetuningSettings
{
    /// <summary>The network's sizes: those of the encoder.</summary>
    public required VideoTransformerShape Shape { get; init; }

    /// <summary>The labels in order; a sample's label is an index into them.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>How a video becomes model input when the classifier is used.</summary>
    public required ClipPreparation Preparation { get; init; }

    /// <summary>Folder with the weights to start from, or null to start from scratch.</summary>
    public string? EncoderFolder { get; init; }

    /// <summary>How pixels are normalised. Default ImageNet's.</summary>
    public PixelNormalisation Normalisation { get; init; } = PixelNormalisation.ImageNet;

    /// <summary>Share of the label's weight that is spread over all labels. Default .1.</summary>
    [Range(0.0, 0.999)]
    public double LabelSmoothing { get; init; } = 0.1;

    /// <summary>Share of residual branches left out at the last block. Default 0.</summary>
    [Range(0.0, 0.999)]
    public double DropPath { get; init; }

    /// <summary>Share of features left out before the head. Default 0.</summary>
    [Range(0.0, 0.999)]
    public double Dropout { get; init; }
}

/// <summary>Trains a classifier.</summary>
public static class Finetuning
{
    /// <summary>Trains, or goes on where a run in the same folder stopped, and writes the classifier's weights there.</summary>
    /// <param name="settings">What is trained.</param>
    /// <param name="plan">How.</param>
    /// <param name="source">On what.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="time">For speeds and checkpoint times.</param>
    /// <param name="ct">Cancels after writing a checkpoint.</param>
    /// <returns>What it ended with; of several processes only rank 0 writes weights and knows the loss.</returns>
    /// <exception cref="ModelException">Shape, weights, device or checkpoint are wrong, or a number is not finite.</exception>
    public static TrainingResult Run(
        FinetuningSettings settings,
        TrainingPlan plan,
        ISampleSource source,
        IProgress<TrainingProgress> progress,
        TimeProvider time,
        CancellationToken ct)
    {
        settings.Shape.Checked("shape");
        Device device = TorchSetup.Apply(plan.Torch.For(plan.Processes));
        using var task = new FinetuningTask(settings, source, plan.Seed, device);
        TrainingResult result = new Trainer(plan, task, progress, time).Run(ct) with { Device = device.type.ToString().ToLowerInvariant() };
        if (plan.Processes.Rank == 0)
            WeightsFolder.Write(plan.Folder, Describe(settings), task.Model);
        return result;
    }

    private static ModelDescription Describe(FinetuningSettings settings) => new()
    {
        Kind = ModelKind.Classifier,
        Shape = settings.Shape,
        Normalisation = settings.Normalisation,
        Labels = settings.Labels,
        Preparation = settings.Preparation,
    };
}
