using System.ComponentModel.DataAnnotations;
using Unreel.Modeling;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Pretrain;

/// <summary>Everything that decides a pre-training run. Defaults are VideoMAE's where it has one.</summary>
public sealed record PretrainOptions
{
    /// <summary>Videos to learn from; labels are not looked at.</summary>
    public required StageInput Clips { get; init; }

    /// <summary>Name of a preset: tiny, ti, s, b, l, h or g. Default <c>tiny</c>.</summary>
    public string Model { get; init; } = "tiny";

    /// <summary>Sizes of the network, in place of a preset. Default none.</summary>
    public VideoTransformerShape? Shape { get; init; }

    /// <summary>Frames of a clip, in place of the preset's. Default none.</summary>
    [Range(1, 4096)]
    public int? Frames { get; init; }

    /// <summary>Side of the frames in pixels, in place of the preset's. Default none.</summary>
    [Range(1, 4096)]
    public int? ImageSize { get; init; }

    /// <summary>How often every video is seen. Default 100.</summary>
    [Range(0.001, 1e6)]
    public double Epochs { get; init; } = 100;

    /// <summary>Steps, in place of epochs. Default none.</summary>
    [Range(1L, 1_000_000_000L)]
    public long? Steps { get; init; }

    /// <summary>Clips of a step. Default 32.</summary>
    [Range(1, 65536)]
    public int BatchSize { get; init; } = 32;

    /// <summary>Parts that the clips of a step are worked in, one after another, to need less memory. Default 1.</summary>
    [Range(1, 65536)]
    public int Accumulate { get; init; } = 1;

    /// <summary>Clips taken of a video every time it is read, side by side in a step (VideoMAE V2 takes 4). Default 1.</summary>
    [Range(1, 1024)]
    public int ClipsPerVideo { get; init; } = 1;

    /// <summary>Rate for a batch of 256, scaled linearly to the real batch. Default 1.5e-4.</summary>
    [Range(0.0, 10.0)]
    public double BaseLearningRate { get; init; } = 1.5e-4;

    /// <summary>Share of the steps that warm up. Default .05: VideoMAE's 40 of 800 epochs.</summary>
    [Range(0.0, 1.0)]
    public double Warmup { get; init; } = 0.05;

    /// <summary>Lowest rate, for a batch of 256. Default 1e-5.</summary>
    [Range(0.0, 10.0)]
    public double MinLearningRate { get; init; } = 1e-5;

    /// <summary>Weight decay of matrices. Default .05.</summary>
    [Range(0.0, 10.0)]
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>AdamW's first decay. Default .9.</summary>
    [Range(0.0, 0.99999)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>AdamW's second decay. Default .95.</summary>
    [Range(0.0, 0.99999)]
    public double Beta2 { get; init; } = 0.95;

    /// <summary>Largest norm of all gradients together. Default none.</summary>
    [Range(1e-6, 1e6)]
    public double? ClipNorm { get; init; }

    /// <summary>
    /// The masking strategy: <c>tube</c> (default; the same places in all frames), <c>random</c> (any tokens), <c>frame</c>
    /// (all of some frames), <c>motion-vectors</c> (MGM: what moves most, by the motion vectors in H.264, MPEG-4 and the like),
    /// <c>motion-flow</c> (MGMAE: visible places follow the content, by optical flow) or <c>adaptive</c> (AdaMAE: drawn by the chances
    /// that a small network gives each token of the clip, which is trained along to show what is hard to predict).
    /// </summary>
    public string Mask { get; init; } = "tube";

    /// <summary>Tokens along a side of the box over which <c>motion-vectors</c> averages motion, odd. Default none: each token alone.</summary>
    [Range(1, 255)]
    public int? MaskBox { get; init; }

    /// <summary>Share of the tokens that is hidden, above 0 and below 1. Default .9, and .95 for <c>adaptive</c>.</summary>
    [Range(0.01, 0.99)]
    public double? MaskRatio { get; init; }

    /// <summary>What the loss of the network that draws an <c>adaptive</c> mask is multiplied by. Default 1e-4.</summary>
    [Range(0.0, 1e3)]
    public double SamplerWeight { get; init; } = 1e-4;

    /// <summary>
    /// Which of the hidden tokens the decoder predicts: <c>running-cell</c> (half of them, VideoMAE V2's dual masking, which makes
    /// steps cheaper). Default none: all of them.
    /// </summary>
    public string? DecoderMask { get; init; }

    /// <summary>
    /// What is predicted: <c>normalised_pixels</c> (default), <c>pixels</c>, <c>motion</c>, <c>frame_difference</c>, <c>hog</c>
    /// (histograms of gradients) or <c>codes</c> (of a tokenizer, of which no pictures are made). Several with commas between them are
    /// predicted at once, each by a decoder of its own.
    /// </summary>
    public string Target { get; init; } = "normalised_pixels";

    /// <summary>
    /// What is predicted, with weights and decoders, in place of <c>target</c>: a list of <c>name</c>, <c>weight</c>,
    /// <c>decoder_depth</c>, <c>decoder_width</c>, <c>decoder_heads</c>. Default none.
    /// </summary>
    public IReadOnlyList<TargetSettings> Targets { get; init; } = [];

    /// <summary>
    /// Blocks of a regressor between encoder and decoders (MAM2): it finds latents of the hidden tokens from the visible ones, and
    /// the decoders see those alone. Default 0: none, decoders see visible tokens and a mask token.
    /// </summary>
    [Range(0, 1024)]
    public int Regressor { get; init; }

    /// <summary>
    /// The tokenizer that gives <c>codes</c>: an ONNX file, or an artifact with one, from a picture (float [N, 3, side, side], RGB, 0 to
    /// 1) to codes (whole numbers [N, rows, columns]) or logits (float [N, codes, rows, columns]), one for each token of a frame. It is
    /// shown every cube's first frame. Default none.
    /// </summary>
    public StageInput? Tokenizer { get; init; }

    /// <summary>Side of the frames that the tokenizer is shown, in pixels. Default what its input says, else what gives one code a token.</summary>
    [Range(1, 4096)]
    public int? TokenizerSize { get; init; }

    /// <summary>How many codes a tokenizer of whole numbers has. Default what its metadata say (<c>unreel.codes</c>).</summary>
    [Range(1, 1 << 24)]
    public int? TokenizerCodes { get; init; }

    /// <summary>What the network sees: <c>imagenet</c> (default; scaled pixels) or <c>motion</c> (pixels less their mean over the clip).</summary>
    public string Normalisation { get; init; } = "imagenet";

    /// <summary>Steps between frames. Default 4.</summary>
    [Range(1, 1024)]
    public int Stride { get; init; } = 4;

    /// <summary>How frames are cut: <c>multi_scale</c> (default), <c>random_resized</c> or <c>centre</c>.</summary>
    public TrainingCrop Crop { get; init; } = TrainingCrop.MultiScale;

    /// <summary>Clips to draw into <c>reconstruction.png</c> and <c>reconstruction.mp4</c> at the end. Default 4.</summary>
    [Range(0, 64)]
    public int Pictures { get; init; } = 4;

    /// <summary>Seed of first weights, order, crops and masks. Default 0.</summary>
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

    /// <summary>Time between checkpoints, at most. Default 1 minute.</summary>
    [RunOnly]
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Checkpoints kept in the work folder until the work is done, newest first. Default 2.</summary>
    [RunOnly]
    [Range(1, 1000)]
    public int KeepCheckpoints { get; init; } = 2;

    /// <summary>Whether the checkpoint with the lowest recent loss is kept in the work folder too, as <c>best.safetensors</c>, until the work is done. Default false.</summary>
    [RunOnly]
    public bool KeepBest { get; init; }
}
