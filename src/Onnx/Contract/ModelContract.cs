using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Unreel.Onnx;

/// <summary>
/// What a model promises to whoever runs it: one JSON document under <see cref="Key"/> in the model's metadata.
/// Evaluating, serving and scoring obey it and nothing else.
/// </summary>
public sealed record ModelContract
{
    /// <summary>Name of the metadata entry that holds the document.</summary>
    public const string Key = "unreel.contract";

    /// <summary>Version of the document that is written here; those from <see cref="OldestVersion"/> on are read.</summary>
    public const int CurrentVersion = 2;

    /// <summary>The oldest version that is read: it knew classifiers of 32-bit floats only.</summary>
    public const int OldestVersion = 1;

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Version of the document; always <see cref="CurrentVersion"/>, whichever was read.</summary>
    [JsonPropertyOrder(-3)]
    public int Version { get; } = CurrentVersion;

    /// <summary>What the graph computes. Default a classifier.</summary>
    [JsonPropertyOrder(-2)]
    [JsonConverter(typeof(JsonStringEnumConverter<GraphKind>))]
    public GraphKind Graph { get; init; }

    /// <summary>The block, from 0, whose attention keys are given; null where none are.</summary>
    [JsonPropertyOrder(-2)]
    public int? KeysLayer { get; init; }

    /// <summary>What the numbers inside are, by the export's word for it, such as <c>fp32</c> or <c>int8_static</c>; <c>foreign</c> for a model that was made elsewhere. Default <c>fp32</c>.</summary>
    [JsonPropertyOrder(-2)]
    public string Precision { get; init; } = "fp32";

    /// <summary>Whom the operators are for, <c>portable</c> or <c>ort</c>; null where nobody knows.</summary>
    [JsonPropertyOrder(-2)]
    public string? Flavour { get; init; }

    /// <summary>How many clips the model takes at once, where it takes no other number; null where it takes any.</summary>
    [JsonPropertyOrder(-2)]
    public int? Batch { get; init; }

    /// <summary>Names of the classes in the head's order, none blank, none twice; at least one for a classifier, none for another graph.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Frames, rows and columns the model takes.</summary>
    public required InputGeometry Input { get; init; }

    /// <summary>Extents of <see cref="Input"/> that the graph takes in other multiples of its cubes too, of <c>frames</c>, <c>height</c> and <c>width</c>; null where it takes none. Whoever obeys the contract feeds <see cref="Input"/>.</summary>
    public IReadOnlyList<string>? Open { get; init; }

    /// <summary>How a video becomes clips; written and understood by the video code, carried here as it is.</summary>
    public required JsonObject Preparation { get; init; }

    /// <summary>Digest of the weights the model was made from, such as <c>sha256:9f2c…</c>.</summary>
    public required string Weights { get; init; }

    /// <summary>How closely the model was found to follow the network it was made from; null before that was measured.</summary>
    public ParityRecord? Parity { get; init; }

    /// <summary>How often the model was right when it was made; null where that was not measured.</summary>
    public AccuracyRecord? Accuracy { get; init; }

    /// <summary>Reads a document strictly: unknown, missing and mistyped members are errors.</summary>
    /// <exception cref="ContractException">The document breaks a rule; the message names the member.</exception>
    public static ModelContract Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return ContractReader.Read(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw new ContractException($"is not JSON: {exception.Message}");
        }
    }

    /// <summary>Returns the document; <see cref="Parse"/> reads it back.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Options);
}

/// <summary>What the model's input holds besides the batch and the three channels.</summary>
/// <param name="Frames">Frames of a clip.</param>
/// <param name="Height">Rows of a frame.</param>
/// <param name="Width">Columns of a frame.</param>
public sealed record InputGeometry(int Frames, int Height, int Width)
{
    /// <summary>Bytes of one clip.</summary>
    [JsonIgnore]
    public long ClipBytes => (long)Frames * Height * Width * 3;

    /// <inheritdoc/>
    public override string ToString() => $"{Frames} frames of {Height} x {Width}";
}

/// <summary>A comparison of the model with the network it was made from, on the same clips.</summary>
/// <param name="Tolerance">Largest difference of a logit that was allowed; where there are no logits, the largest of what was allowed of the outputs, as in <see cref="OutputParity"/>.</param>
/// <param name="LargestDifference">Largest difference of a logit that was found; where there are no logits, of any output.</param>
/// <param name="Top1Agreement">Share of clips with the same first class, 0 to 1; 1 where there are no classes.</param>
/// <param name="Clips">Clips compared.</param>
/// <param name="Batches">Batch sizes tried.</param>
public sealed record ParityRecord(double Tolerance, double LargestDifference, double Top1Agreement, int Clips, IReadOnlyList<int> Batches)
{
    /// <summary>Mean difference of a logit, or of the values of the first output where there are no logits; null in documents of version 1.</summary>
    public double? MeanDifference { get; init; }

    /// <summary>The least <see cref="Top1Agreement"/> that was allowed, 0 to 1; null in older documents.</summary>
    public double? MinTop1Agreement { get; init; }

    /// <summary>The most that top-1 accuracy was allowed to fall, 0 to 1; null in older documents.</summary>
    public double? MaxAccuracyLoss { get; init; }

    /// <summary>By how much it fell, 0 to 1; null where there were no labelled clips.</summary>
    public double? AccuracyLoss { get; init; }

    /// <summary>What was allowed and found of each output; null in older documents.</summary>
    public IReadOnlyDictionary<string, OutputParity>? Outputs { get; init; }

    /// <summary>
    /// The largest difference among the comparisons that have something in common: by provider (<c>cpu</c>), by how much ONNX Runtime
    /// rewrites (<c>basic</c>), by batch (<c>batch 2</c>); null in documents of version 1.
    /// </summary>
    public IReadOnlyDictionary<string, double>? Worst { get; init; }
}

/// <summary>How closely one output follows the network: logits and probabilities as they are, others as a share of the network's largest value.</summary>
/// <param name="Tolerance">Largest difference that was allowed; null where the output was measured and not judged, as a quantised classifier's features.</param>
/// <param name="LargestDifference">Largest difference that was found.</param>
public sealed record OutputParity(double? Tolerance, double LargestDifference);

/// <summary>Accuracy on a labelled set.</summary>
/// <param name="Dataset">What it was measured on.</param>
/// <param name="Videos">Videos measured.</param>
/// <param name="Top1">Share with the right class first, 0 to 1.</param>
/// <param name="Top5">Share with the right class among the first five, 0 to 1.</param>
public sealed record AccuracyRecord(string Dataset, int Videos, double Top1, double Top5)
{
    /// <summary>The same share as <see cref="Top1"/> of the network that the model was made from; null where it was not measured.</summary>
    public double? NetworkTop1 { get; init; }
}
