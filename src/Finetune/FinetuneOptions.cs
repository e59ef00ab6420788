using System.ComponentModel.DataAnnotations;
using Unreel.Modeling;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Finetune;

/// <summary>
/// Everything that decides a fine-tuning run. Defaults are VideoMAE's where it has one. Options without a default of their own take it from
/// <see cref="Recipe"/>; what is given beside a recipe replaces its value.
/// </summary>
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

    /// <summary>
    /// Values for the options that are not given: <c>plain</c> (default), <c>videomae</c> (the full recipe), <c>linear_probe</c> (frozen encoder,
    /// AdamW at 1e-2 without weight decay), <c>linear_probe_sgd</c> (frozen encoder, batch norm, SGD at .1) or <c>attentive_probe</c>
    /// (frozen encoder, cross-attention from a learned query, AdamW at 1e-3 with weight decay .01).
    /// </summary>
    public FinetunePreset Recipe { get; init; }

    /// <summary>
    /// What is put on the encoder: <c>linear</c> (mean of tokens, norm, linear layer), <c>batch_norm</c> (a batch norm without scale and shift before
    /// the linear layer, folded into it at the end) or <c>attentive</c>. Default the recipe's: <c>linear</c> but for the probes that are named otherwise.
    /// </summary>
    public ClassifierHead? Head { get; init; }

    /// <summary><c>none</c>; a number of first blocks that, with the patch embedding, are not trained; or <c>all</c>. Default the recipe's: <c>all</c> for probes, else <c>none</c>.</summary>
    [RegularExpression("none|all|[0-9]{1,6}", ErrorMessage = "{0}: expected none, all or a number of blocks")]
    public string? Freeze { get; init; }

    /// <summary>
    /// Which videos are held out. With <c>split.folds</c> and no <c>split.fold</c> every fold is held out once, one after the other,
    /// and the weights of the first fold are published.
    /// </summary>
    public SplitOptions Split { get; init; } = new();

    /// <summary>So many trainings, with seeds from <see cref="Seed"/> on, for each division. The first one's weights are published. Default 1.</summary>
    [Range(1, 1000)]
    public int Seeds { get; init; } = 1;

    /// <summary>
    /// Whether, after all else, a classifier is trained on every video and published in place of the first. The accuracies are still those
    /// of classifiers that did not see the videos they were tested on. Default false.
    /// </summary>
    public bool TrainOnAll { get; init; }

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

    /// <summary><c>adamw</c> or <c>sgd</c> with momentum .9. Default the recipe's: <c>adamw</c> but for <c>linear_probe_sgd</c>.</summary>
    [RegularExpression("adamw|sgd", ErrorMessage = "{0}: expected adamw or sgd")]
    public string? Optimiser { get; init; }

    /// <summary>Rate for a batch of 256, scaled linearly to the real batch. Default the recipe's: 5e-4; probes 1e-2, .1 (SGD), 1e-3 (attentive).</summary>
    [Range(0.0, 10.0)]
    public double? BaseLearningRate { get; init; }

    /// <summary>Share of the steps that warm up. Default .05: VideoMAE's 5 of 100 epochs.</summary>
    [Range(0.0, 1.0)]
    public double Warmup { get; init; } = 0.05;

    /// <summary>Lowest rate, for a batch of 256. Default 1e-6.</summary>
    [Range(0.0, 10.0)]
    public double MinLearningRate { get; init; } = 1e-6;

    /// <summary>Rate of each layer as a share of the one above it. Default the recipe's: .75; probes 1.</summary>
    [Range(0.01, 1.0)]
    public double? LayerDecay { get; init; }

    /// <summary>Weight decay of matrices. Default the recipe's: .05; linear probes 0, the attentive one .01.</summary>
    [Range(0.0, 10.0)]
    public double? WeightDecay { get; init; }

    /// <summary>Largest norm of all gradients together. Default none.</summary>
    [Range(1e-6, 1e6)]
    public double? ClipNorm { get; init; }

    /// <summary>Share of residual branches left out at the last block, less in those before it. Default the recipe's: .1; videomae .2; probes 0.</summary>
    [Range(0.0, 0.999)]
    public double? DropPath { get; init; }

    /// <summary>Share of the label's weight that is spread over all labels. Default the recipe's: .1; probes 0.</summary>
    [Range(0.0, 0.999)]
    public double? LabelSmoothing { get; init; }

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

    /// <summary>Smallest area of a random resized crop, as a share of the picture. Default the recipe's: .5; videomae .08.</summary>
    [Range(0.01, 1.0)]
    public double? MinArea { get; init; }

    /// <summary>Probability that a clip is mirrored. Default 0 in every recipe: left and right may be what tells actions apart. Where they are not, VideoMAE takes .5.</summary>
    [Range(0.0, 1.0)]
    public double Flip { get; init; }

    /// <summary>Brightness, contrast and saturation vary by up to this share. Default 0.</summary>
    [Range(0.0, 1.0)]
    public double ColorJitter { get; init; }

    /// <summary>
    /// Operations drawn by chance and applied to all frames of a clip after the crop: <c>none</c>, or RandAugment in timm's notation, e.g.
    /// <c>rand-m7-n4-mstd0.5-inc1</c>. Default the recipe's: none; videomae that one.
    /// </summary>
    public string? RandAugment { get; init; }

    /// <summary>Probability that a rectangle of a clip, 2 to 33 % of it, is replaced with noise in all frames. Default the recipe's: 0; videomae .25.</summary>
    [Range(0.0, 1.0)]
    public double? Erasing { get; init; }

    /// <summary>Adds up two clips of a batch and their labels, in a share from a beta distribution with this parameter; 0 for not. Default the recipe's: 0; videomae .8.</summary>
    [Range(0.0, 100.0)]
    public double? Mixup { get; init; }

    /// <summary>Puts a rectangle of one clip of a batch into another, and so much of its label; the parameter as for <see cref="Mixup"/>. Where both are on, each batch gets one of them. Default the recipe's: 0; videomae 1.</summary>
    [Range(0.0, 100.0)]
    public double? Cutmix { get; init; }

    /// <summary>Clips taken of a video every time it is read, side by side in a step, each cut and changed in its own way. Default the recipe's: 1; videomae 2.</summary>
    [Range(1, 1024)]
    public int? RepeatedAugmentation { get; init; }

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

    /// <summary>
    /// What matrix products compute in: <c>fp32</c> (default) or <c>bf16</c>, about twice as fast where the processor or the GPU has
    /// instructions for it and slower where it has not. Weights, updates, norms and the loss stay fp32 either way.
    /// </summary>
    public Precision Precision { get; init; }

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
