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

    /// <summary>The type that matrix products compute in. Default floats.</summary>
    public Precision Precision { get; init; }

    /// <summary>Share of the label's weight that is spread over all labels. Default .1.</summary>
    [Range(0.0, 0.999)]
    public double LabelSmoothing { get; init; } = 0.1;

    /// <summary>Share of residual branches left out at the last block. Default 0.</summary>
    [Range(0.0, 0.999)]
    public double DropPath { get; init; }

    /// <summary>Share of features left out before the head. Default 0.</summary>
    [Range(0.0, 0.999)]
    public double Dropout { get; init; }

    /// <summary>What is put on the encoder. Default <see cref="ClassifierHead.Linear"/>.</summary>
    public ClassifierHead Head { get; init; }

    /// <summary>So many first blocks, and the patch embedding, are not trained; null (default) for none of either. As many as there are leaves only the head.</summary>
    public int? FrozenBlocks { get; init; }

    /// <summary>How clips of a batch are mixed. Default not at all.</summary>
    public MixingSettings Mixing { get; init; } = new();

    /// <summary>How the classifier makes one vector of all tokens.</summary>
    public TokenPooling Pooling => Head == ClassifierHead.Attentive ? TokenPooling.Attentive : TokenPooling.Mean;

    /// <summary>Checks what depends on the shape.</summary>
    /// <exception cref="ModelException">More blocks are frozen than there are.</exception>
    internal void Check()
    {
        Shape.Checked("shape");
        if (FrozenBlocks is { } frozen && (frozen < 0 || frozen > Shape.Depth))
            throw new ModelException($"freeze: {frozen} blocks cannot be frozen; the encoder has {Shape.Depth}.");
    }
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
        settings.Check();
        Device device = TorchSetup.Apply(plan.Torch.For(plan.Processes));
        using var task = new FinetuningTask(settings, source, plan.Seed, device);
        TrainingResult result = new Trainer(plan, task, progress, time).Run(ct) with { Device = device.type.ToString().ToLowerInvariant() };
        task.Finish();
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
        Pooling = settings.Pooling,
    };
}
