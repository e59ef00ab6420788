using System.ComponentModel.DataAnnotations;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Export;

/// <summary>Everything that decides an export.</summary>
public sealed record ExportOptions
{
    /// <summary>The network, a classifier or an autoencoder: an artifact of kind weights, or a folder with <c>model.safetensors</c> and <c>model.json</c>.</summary>
    [Required]
    public required StageInput Classifier { get; init; }

    /// <summary>
    /// What the model computes: <c>classifier</c> (default); <c>encoder</c>, features of a clip and of each token; <c>keys</c>, an encoder with the attention
    /// keys of one block; <c>reconstruction</c>, what an autoencoder predicts from some of the tokens, as values and as a picture. Classifier weights
    /// give the first three, an autoencoder's the last three.
    /// </summary>
    public GraphKind Graph { get; init; }

    /// <summary>The block, from 0, whose attention keys the graph <c>keys</c> gives; negative numbers count from the end. Default: the last.</summary>
    [Range(-1024, 1023)]
    public int? KeysLayer { get; init; }

    /// <summary>Whether clips may have any multiple of a cube's frames; others are refused when the model runs. Positions are interpolated from the trained ones, linearly in time. Default false. Not for <c>reconstruction</c>.</summary>
    public bool DynamicFrames { get; init; }

    /// <summary>Whether frames may be of any size in multiples of a cube's side, rows and columns each on their own; others are refused when the model runs. Positions are interpolated from the trained ones, bicubically in space. Default false. Not for <c>reconstruction</c>.</summary>
    public bool DynamicSize { get; init; }

    /// <summary><c>ort</c> (default): with ONNX Runtime's fused operators where they pay; <c>portable</c>: standard operators only, for any tool. Inputs, outputs and contract are the same.</summary>
    public GraphFlavour Flavour { get; init; } = GraphFlavour.Ort;

    /// <summary>Version of the standard operators, 17 to 24. Newer ones have more operators and need newer tools: 20 brings Gelu, 21 blocks of scales, 23 Attention. Default 17; 21 for <c>int8_dynamic</c> and <c>int8_static</c> in flavour <c>ort</c>, which are quicker with it.</summary>
    [Range(GraphStyle.LeastOpset, GraphStyle.MostOpset)]
    public int? Opset { get; init; }

    /// <summary>Real clips that the ONNX model and the network it was made from must agree on. Labelled ones give the contract an accuracy too.</summary>
    [Required]
    public required StageInput Clips { get; init; }

    /// <summary>Which clips are held out; parity is measured on those. Give what the classifier was fine-tuned with.</summary>
    public SplitOptions Split { get; init; } = new();

    /// <summary>How many clips to compare on at most, spread over the held-out ones. Default 32.</summary>
    [Range(1, 100_000)]
    public int ParityClips { get; init; } = 32;

    /// <summary>
    /// The largest difference of a logit that is accepted; of features, as a share of the largest. Null for the precision's own:
    /// fp32 0.001; fp16 0.01, or 1 % of the largest logit; bf16 0.05 or 5 %; int8_dynamic and int8_static 0.1 or 20 %; int8_weights 0.05 or 10 %; int4_weights 0.1 or 30 %.
    /// Probabilities may differ by 0.001, 0.01, 0.05, 0.2, 0.1 and 0.3, or by this where it is more. Default null.
    /// </summary>
    [Range(0.0, 1000.0)]
    public double? Tolerance { get; init; }

    /// <summary>
    /// The smallest share of clips with the same first class that is accepted, 0 to 1; classes whose logits lie within 0.002 of each other count as the same.
    /// Null for the precision's own: fp32 1; fp16, int8_dynamic, int8_static and int8_weights 0.99; bf16 0.98; int4_weights 0.95. Default null.
    /// </summary>
    [Range(0.0, 1.0)]
    public double? MinTop1Agreement { get; init; }

    /// <summary>
    /// The most that top-1 accuracy may fall from the network's to the ONNX model's where the clips are labelled, 0 to 1.
    /// Null for the precision's own: fp32 0; fp16 0.01; bf16 and the int8 ones 0.02; int4_weights 0.05. Default null.
    /// </summary>
    [Range(0.0, 1.0)]
    public double? MaxAccuracyLoss { get; init; }

    /// <summary>The largest batch that is tried, beside 1 and 2. Default 4.</summary>
    [Range(1, 256)]
    public int MaxBatch { get; init; } = 4;

    /// <summary>
    /// How many of the clips are compared in every batch size and at every optimisation level of ONNX Runtime; all of them are compared one by one at the level that is served.
    /// At least a whole batch is. Default 4.
    /// </summary>
    [Range(1, 100_000)]
    public int LevelClips { get; init; } = 4;

    /// <summary>
    /// Execution providers that the model must pass on, e.g. [cpu, cuda]; one that cannot be used here is an error. Default none named: all that can be used here, where the
    /// processor need not run fp16 and bf16, and none but the processor and CUDA need run anything: what they cannot is published with the reason.
    /// </summary>
    public IReadOnlyList<string> Providers { get; init; } = [];

    /// <summary>Weights of more bytes than this are published in a file of their own, <c>model.onnx.data</c>, which is mapped and not read. Default 1 GiB.</summary>
    [Range(0L, 2_000_000_000L)]
    public long ExternalAbove { get; init; } = OnnxDocument.DefaultExternalAbove;

    /// <summary>
    /// In which numbers the model keeps its weights and computes: <c>fp32</c> (default); <c>fp16</c> and <c>bf16</c>, for GPUs; <c>int8_dynamic</c>, activations brought to
    /// 8 bits by the range that each run finds; <c>int8_static</c>, by ranges found on calibration clips (both for processors where the flavour is <c>ort</c>); <c>int8_weights</c> and <c>int4_weights</c>, small models that compute in floats.
    /// </summary>
    public GraphPrecision Precision { get; init; }

    /// <summary>Clips that quantisation finds ranges and measures effects on at most: from the training side of the split, none of those that the model is judged on. Default 32.</summary>
    [Range(1, 100_000)]
    public int CalibrationClips { get; init; } = 32;

    /// <summary>How <c>int8_static</c> chooses ranges: <c>mean_square</c> (default), the least expected error; <c>percentile</c>, 99.99 % of the numbers; <c>min_max</c>, all.</summary>
    public CalibrationMethod Calibration { get; init; } = CalibrationMethod.MeanSquare;

    /// <summary>Layers that are not quantised, as patterns over their modules' names such as <c>blocks.0.*</c>; one that matches nothing is an error. Default none.</summary>
    public IReadOnlyList<string> KeepFloat { get; init; } = [];

    /// <summary>
    /// The largest shift of the logits that quantisation may bring on the calibration clips: the root mean square of the differences over the deviation of a clip's logits. Layers
    /// stay in float, the one with the worst measured effect first, until it holds. 0 measures nothing. Default null: 0.1 where there are calibration clips and the model takes
    /// nothing else, and no limit where not; a limit that is given and cannot be measured is an error.
    /// </summary>
    [Range(0.0, 10.0)]
    public double? MaxLogitShift { get; init; }

    /// <summary>Whether each layer's effect is measured even where the limit holds without it; takes a run of a few clips for each layer, and is an error where there are none. Default false.</summary>
    public bool MeasureLayers { get; init; }

    /// <summary>Whether int8 takes the two products inside attention too; flavour <c>ort</c> only. Default true: they are most of the work of long clips.</summary>
    public bool QuantiseAttention { get; init; } = true;

    /// <summary>
    /// Whether int8 takes the patch embedding too where its input is not bytes. Default false: its error alone was several times that of all blocks together, for a fiftieth of
    /// the work. One that takes bytes (flavour <c>ort</c> without centring over time) is always quantised: bytes need no rounding.
    /// </summary>
    public bool QuantiseEmbedding { get; init; }

    /// <summary>
    /// Whether <c>int8_static</c> codes activations in signed bytes (S8S8) and not in unsigned ones. Default null: signed in portable graphs up to opset 20, unsigned in all others,
    /// because ONNX Runtime on x64 multiplies unsigned by signed bytes many times faster. It turns what is signed in portable graphs itself, and from opset 21 on cannot load what it turned.
    /// </summary>
    public bool? SignedActivations { get; init; }

    /// <summary>Whether int8 weights use 7 bits: on x64 processors with AVX2 or AVX-512 but no VNNI two full products overflow. Default false.</summary>
    public bool ReduceRange { get; init; }

    /// <summary>Inputs of a block of weights that share a scale, for <c>int8_weights</c> and <c>int4_weights</c>: 16, 32, 64, 128 or 256. Default 32.</summary>
    [Range(16, 256)]
    public int BlockSize { get; init; } = 32;

    /// <summary>Whether each block has a zero point of its own. Default false: codes lie symmetrically around zero.</summary>
    public bool BlockZeroPoints { get; init; }

    /// <summary>To what ONNX Runtime may round activations beside weights in blocks: 0 (default) as it likes, 1 fp32, 2 fp16, 3 bf16, 4 int8.</summary>
    [Range(0, 4)]
    public int AccuracyLevel { get; init; }

    /// <summary>Temporal clips of a video that predictions are averaged over, written into the contract. Default 0: as the classifier says.</summary>
    [Range(0, 64)]
    public int ViewClips { get; init; }

    /// <summary>The threads to compute with; 0 means one for each core. Default 0. Sums of other lengths round otherwise, and the differences measured are published.</summary>
    [Range(0, 1024)]
    public int Threads { get; init; }
}
