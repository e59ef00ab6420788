using System.ComponentModel.DataAnnotations;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Export;

/// <summary>Everything that decides an export.</summary>
public sealed record ExportOptions
{
    /// <summary>The classifier: an artifact of kind weights, or a folder with <c>model.safetensors</c> and <c>model.json</c>.</summary>
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

    /// <summary>Whether clips may have any multiple of a cube's frames. Positions are interpolated from the trained ones, linearly in time. Default false. Not for <c>reconstruction</c>.</summary>
    public bool DynamicFrames { get; init; }

    /// <summary>Whether frames may be of any size in multiples of a cube's side. Positions are interpolated from the trained ones, bicubically in space. Default false. Not for <c>reconstruction</c>.</summary>
    public bool DynamicSize { get; init; }

    /// <summary><c>ort</c> (default): with ONNX Runtime's fused operators where they pay; <c>portable</c>: standard operators only, for any tool. Inputs, outputs and contract are the same.</summary>
    public GraphFlavour Flavour { get; init; } = GraphFlavour.Ort;

    /// <summary>Version of the standard operators, 17 to 24. Default 17. Newer ones have more operators and need newer tools: 20 brings Gelu, 23 Attention.</summary>
    [Range(GraphStyle.LeastOpset, GraphStyle.MostOpset)]
    public int Opset { get; init; } = GraphStyle.LeastOpset;

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
    /// fp32 0.001; fp16 0.01, or 1 % of the largest logit; bf16 0.05 or 5 %; int8_dynamic and int8_static 0.1 or 20 %; int8_weights 0.05 or 10 %; int4_weights 0.1 or 30 %. Default null.
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

    /// <summary>Execution providers that the model must pass on, e.g. [cpu, cuda]; one that cannot be used here is an error. Default none named: all that can be used here.</summary>
    public IReadOnlyList<string> Providers { get; init; } = [];

    /// <summary>Weights of more bytes than this are published in a file of their own, <c>model.onnx.data</c>, which is mapped and not read. Default 1 GiB.</summary>
    [Range(0L, 2_000_000_000L)]
    public long ExternalAbove { get; init; } = OnnxDocument.DefaultExternalAbove;

    /// <summary>Temporal clips of a video that predictions are averaged over, written into the contract. Default 0: as the classifier says.</summary>
    [Range(0, 64)]
    public int ViewClips { get; init; }

    /// <summary>The threads to compute with; 0 means one for each core. Default 0. Sums of other lengths round otherwise, and the differences measured are published.</summary>
    [Range(0, 1024)]
    public int Threads { get; init; }
}
