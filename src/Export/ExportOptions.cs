using System.ComponentModel.DataAnnotations;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Export;

/// <summary>Everything that decides an export.</summary>
public sealed record ExportOptions
{
    /// <summary>The classifier: an artifact of kind weights, or a folder with <c>model.safetensors</c> and <c>model.json</c>.</summary>
    [Required]
    public required StageInput Classifier { get; init; }

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
