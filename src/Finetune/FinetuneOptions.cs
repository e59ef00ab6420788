using System.ComponentModel.DataAnnotations;
using Unreel.Modeling;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Finetune;

/// <summary>Everything that decides a fine-tuning run. Defaults are VideoMAE's where it has one.</summary>
public sealed record FinetuneOptions
{
    /// <summary>Labelled videos to learn from.</summary>
    public required StageInput Clips { get; init; }

    /// <summary>Weights to start from. Default none: from scratch.</summary>
    public StageInput? Encoder { get; init; }

    /// <summary>Name of a preset, where there is no encoder. Default <c>tiny</c>.</summary>
    public string Model { get; init; } = "tiny";

    /// <summary>Sizes of the network, where there is no encoder, in place of a preset. Default none.</summary>
    public VideoTransformerShape? Shape { get; init; }

    /// <summary>What the network sees where there is no encoder: <c>imagenet</c> (default) or <c>motion</c>. An encoder brings its own.</summary>
    public string Normalisation { get; init; } = "imagenet";

    /// <summary>Which videos are held out.</summary>
    public SplitOptions Split { get; init; } = new();

    /// <summary>How often every video is seen. Default 100.</summary>
    [Range(0.001, 1e6)]
    public double Epochs { get; init; } = 100;

    /// <summary>Steps, in place of epochs. Default none.</summary>
    [Range(1L, 1_000_000_000L)]
    public long? Steps { get; init; }

    /// <summary>Clips of a step. Default 16.</summary>
    [Range(1, 65536)]
    public int BatchSize { get; init; } = 16;

    /// <summary>Parts that the clips of a step are worked in, one after another, to need less memory. Default 1.</summary>
    [Range(1, 65536)]
    public int Accumulate { get; init; } = 1;

    /// <summary>Rate for a batch of 256, scaled linearly to the real batch. Default 5e-4.</summary>
    [Range(0.0, 10.0)]
    public double BaseLearningRate { get; init; } = 5e-4;

    /// <summary>Share of the steps that warm up. Default .05: VideoMAE's 5 of 100 epochs.</summary>
    [Range(0.0, 1.0)]
    public double Warmup { get; init; } = 0.05;

    /// <summary>Lowest rate, for a batch of 256. Default 1e-6.</summary>
    [Range(0.0, 10.0)]
    public double MinLearningRate { get; init; } = 1e-6;

    /// <summary>Rate of each layer as a share of the one above it. Default .75.</summary>
    [Range(0.01, 1.0)]
    public double LayerDecay { get; init; } = 0.75;

    /// <summary>Weight decay of matrices. Default .05.</summary>
    [Range(0.0, 10.0)]
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Largest norm of all gradients together. Default none.</summary>
    [Range(1e-6, 1e6)]
    public double? ClipNorm { get; init; }

    /// <summary>Share of residual branches left out at the last block. Default .1.</summary>
    [Range(0.0, 0.999)]
    public double DropPath { get; init; } = 0.1;

    /// <summary>Share of the label's weight that is spread over all labels. Default .1.</summary>
    [Range(0.0, 0.999)]
    public double LabelSmoothing { get; init; } = 0.1;

    /// <summary>Share of features left out before the head. Default 0.</summary>
    [Range(0.0, 0.999)]
    public double Dropout { get; init; }

    /// <summary><c>stride</c> (default): frames so many steps apart; <c>segments</c>: spread evenly over the whole video.</summary>
    [RegularExpression("stride|segments")]
    public string Sampling { get; init; } = ClipPreparation.StrideSampling;

    /// <summary>Steps between frames. Default 4.</summary>
    [Range(1, 1024)]
    public int Stride { get; init; } = 4;

    /// <summary>How frames are cut: <c>random_resized</c> (default), <c>multi_scale</c> or <c>centre</c>.</summary>
    public TrainingCrop Crop { get; init; } = TrainingCrop.RandomResized;

    /// <summary>Smallest area of a random resized crop, as a share of the picture. Default .5.</summary>
    [Range(0.01, 1.0)]
    public double MinArea { get; init; } = 0.5;

    /// <summary>Probability that a clip is mirrored. Default 0: left and right may be what tells actions apart.</summary>
    [Range(0.0, 1.0)]
    public double Flip { get; init; }

    /// <summary>Brightness, contrast and saturation vary by up to this share. Default 0.</summary>
    [Range(0.0, 1.0)]
    public double ColorJitter { get; init; }

    /// <summary>Whether every class is seen equally often. Default false.</summary>
    public bool Balanced { get; init; }

    /// <summary>Clips of a video whose probabilities are averaged, when testing and serving. Default 3.</summary>
    [Range(1, 64)]
    public int TestClips { get; init; } = 3;

    /// <summary>Squares along the long side whose probabilities are averaged, when testing and serving. Default 1.</summary>
    [Range(1, 16)]
    public int TestCrops { get; init; } = 1;

    /// <summary>Seed of first weights, order, crops and noise. Default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary><c>auto</c> (default), <c>cpu</c> or <c>cuda</c>.</summary>
    [RegularExpression("auto|cpu|cuda")]
    public string Device { get; init; } = "auto";

    /// <summary>Threads of one operator; 0 (default) for as many as there are physical cores.</summary>
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary>Threads that make clips ahead. Default 2.</summary>
    [RunOnly]
    [Range(1, 256)]
    public int Workers { get; init; } = 2;

    /// <summary>Mebibytes of decoded videos to keep, so that small sets are decoded once. Default 1024.</summary>
    [RunOnly]
    [Range(0L, 1L << 30)]
    public long Memory { get; init; } = 1024;

    /// <summary>Time between checkpoints, at most. Default 1 minute.</summary>
    [RunOnly]
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Checkpoints kept in the work folder, newest first. Default 2.</summary>
    [RunOnly]
    [Range(1, 1000)]
    public int KeepCheckpoints { get; init; } = 2;

    /// <summary>Whether the checkpoint with the lowest recent loss is kept too, as <c>best.safetensors</c>. Default false.</summary>
    [RunOnly]
    public bool KeepBest { get; init; }
}
