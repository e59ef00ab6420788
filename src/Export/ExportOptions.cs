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

    /// <summary>Whether clips may have any multiple of a cube's frames; others are refused when the model runs. Positions are interpolated from the trained ones, linearly in time. Default false. Not for <c>reconstruction</c>.</summary>
    public bool DynamicFrames { get; init; }

    /// <summary>Whether frames may be of any size in multiples of a cube's side, rows and columns each on their own; others are refused when the model runs. Positions are interpolated from the trained ones, bicubically in space. Default false. Not for <c>reconstruction</c>.</summary>
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

    /// <summary>The largest difference of a logit that is accepted. Default 1e-3.</summary>
    [Range(0.0, 1.0)]
    public double Tolerance { get; init; } = 1e-3;

    /// <summary>The smallest share of clips with the same first class that is accepted, 0 to 1; classes within twice <see cref="Tolerance"/> of each other count as the same. Default 1.</summary>
    [Range(0.0, 1.0)]
    public double MinTop1Agreement { get; init; } = 1;

    /// <summary>Temporal clips of a video that predictions are averaged over, written into the contract. Default 0: as the classifier says.</summary>
    [Range(0, 64)]
    public int ViewClips { get; init; }

    /// <summary>The threads to compute with; 0 means one for each core. Default 0. Sums of other lengths round otherwise, and the differences measured are published.</summary>
    [Range(0, 1024)]
    public int Threads { get; init; }
}
