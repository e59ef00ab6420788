using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Unreel.Video;

namespace Unreel.Modeling;

/// <summary>What a weights folder holds.</summary>
public enum ModelKind
{
    /// <summary>Encoder and decoder, as pre-training leaves them.</summary>
    Autoencoder,

    /// <summary>Encoder and head, with labels and preparation.</summary>
    Classifier,
}

/// <summary>The document <c>model.json</c> beside weights: all that is needed to use them.</summary>
public sealed record ModelDescription
{
    /// <summary>The file's name.</summary>
    public const string FileName = "model.json";

    private const string Format = "unreel.model.v1";
    private const string AttentivePooling = "attentive";
    private static readonly string[] Keys = ["format", "kind", "shape", "normalisation", "labels", "preparation", "decoders", "regressor", "sampler", "pooling"];

    /// <summary>How this project's documents are written.</summary>
    internal static JsonSerializerOptions Indented { get; } = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>What the weights are.</summary>
    public required ModelKind Kind { get; init; }

    /// <summary>The network's sizes.</summary>
    public required VideoTransformerShape Shape { get; init; }

    /// <summary>How pixels are normalised before the network.</summary>
    public required PixelNormalisation Normalisation { get; init; }

    /// <summary>A classifier's labels in order; empty for an autoencoder.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>How a video becomes a classifier's input; null for an autoencoder.</summary>
    public ClipPreparation? Preparation { get; init; }

    /// <summary>
    /// An autoencoder's decoders in order; empty (default) for one decoder of <see cref="Shape"/>'s sizes that predicts the values of
    /// a cube, as VideoMAE's does.
    /// </summary>
    public IReadOnlyList<DecoderDescription> Decoders { get; init; } = [];

    /// <summary>Blocks of the regressor between encoder and decoders. Default 0: none.</summary>
    public int RegressorDepth { get; init; }

    /// <summary>Whether an autoencoder has a sampler of visible tokens. Default false.</summary>
    public bool HasSampler { get; init; }

    /// <summary>How a classifier makes one vector of all tokens. Default <see cref="TokenPooling.Mean"/>, which documents leave unsaid.</summary>
    public TokenPooling Pooling { get; init; }

    /// <summary>Writes <c>model.json</c> into a folder.</summary>
    public void Write(string folder) =>
        AtomicFile.Write(Path.Combine(folder, FileName), stream => JsonSerializer.Serialize(stream, Document(), Indented));

    /// <summary>The document as text, on one line.</summary>
    public string ToJson() => Document().ToJsonString();

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The text.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <exception cref="ModelException">The text is not such a document.</exception>
    public static ModelDescription Parse(string json, string name) => Parse(Encoding.UTF8.GetBytes(json), name);

    private JsonObject Document()
    {
        var document = new JsonObject
        {
            ["format"] = Format,
            ["kind"] = KindName(Kind),
            ["shape"] = JsonObject.Create(Shape.ToJson()),
            ["normalisation"] = new JsonObject { ["mean"] = Numbers(Normalisation.Mean), ["std"] = Numbers(Normalisation.Std), ["centre_over_time"] = Normalisation.CentreOverTime },
        };
        if (Kind == ModelKind.Classifier)
        {
            document["labels"] = new JsonArray([.. Labels.Select(label => JsonValue.Create(label))]);
            document["preparation"] = Preparation!.ToJson();
            if (Pooling == TokenPooling.Attentive)
                document["pooling"] = AttentivePooling;
        }

        if (Decoders.Count > 0)
            document["decoders"] = new JsonArray([.. Decoders.Select(decoder => decoder.ToJson())]);
        if (RegressorDepth > 0)
            document["regressor"] = RegressorDepth;
        if (HasSampler)
            document["sampler"] = true;
        return document;
    }

    /// <summary>Reads <c>model.json</c> of a folder.</summary>
    /// <exception cref="ModelException">The file is missing or not such a document.</exception>
    public static ModelDescription Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            throw new ModelException($"'{folder}' holds no weights: there is no {FileName}.");

        return Parse(File.ReadAllBytes(path), path);
    }

    private static ModelDescription Parse(byte[] json, string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return Read(document.RootElement, path);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or VideoException)
        {
            throw new ModelException($"{path}: {error.Message}", error);
        }
    }

    private static ModelDescription Read(JsonElement root, string path)
    {
        string[] unknown = [.. root.EnumerateObject().Select(property => property.Name).Except(Keys)];
        if (unknown.Length > 0 || Property(root, "format").GetString() != Format)
            throw new ModelException($"{path}: expected a document of format '{Format}' with {string.Join(", ", Keys)}; found {root.GetRawText()[..Math.Min(200, root.GetRawText().Length)]}");

        ModelKind kind = ParseKind(Property(root, "kind").GetString(), path);
        bool isClassifier = kind == ModelKind.Classifier;
        return new ModelDescription
        {
            Kind = kind,
            Shape = VideoTransformerShape.FromJson(Property(root, "shape"), $"{path}, shape"),
            Normalisation = ReadNormalisation(Property(root, "normalisation")).Checked($"{path}, normalisation"),
            Labels = isClassifier ? [.. Property(root, "labels").EnumerateArray().Select(label => label.GetString()!)] : [],
            Preparation = isClassifier ? ClipPreparation.FromJson(Property(root, "preparation")) : null,
            Decoders = root.TryGetProperty("decoders", out JsonElement decoders) ? [.. decoders.EnumerateArray().Select(DecoderDescription.FromJson)] : [],
            RegressorDepth = root.TryGetProperty("regressor", out JsonElement depth) ? depth.GetInt32() : 0,
            HasSampler = root.TryGetProperty("sampler", out JsonElement sampler) && sampler.GetBoolean(),
            Pooling = root.TryGetProperty("pooling", out JsonElement pooling) ? ParsePooling(pooling.GetString(), path) : TokenPooling.Mean,
        };
    }

    private static JsonElement Property(JsonElement owner, string name) => owner.TryGetProperty(name, out JsonElement value)
        ? value
        : throw new JsonException($"'{name}' is missing.");

    private static PixelNormalisation ReadNormalisation(JsonElement json) => new()
    {
        Mean = Numbers(Property(json, "mean")),
        Std = Numbers(Property(json, "std")),
        CentreOverTime = Property(json, "centre_over_time").GetBoolean(),
    };

    private static string KindName(ModelKind kind) => kind == ModelKind.Classifier ? "classifier" : "autoencoder";

    private static ModelKind ParseKind(string? name, string path) => name switch
    {
        "classifier" => ModelKind.Classifier,
        "autoencoder" => ModelKind.Autoencoder,
        _ => throw new ModelException($"{path}: kind must be 'autoencoder' or 'classifier', found '{name}'."),
    };

    private static TokenPooling ParsePooling(string? name, string path) => name switch
    {
        "mean" => TokenPooling.Mean,
        AttentivePooling => TokenPooling.Attentive,
        _ => throw new ModelException($"{path}: pooling must be 'mean' or '{AttentivePooling}', found '{name}'."),
    };

    private static JsonArray Numbers(IReadOnlyList<float> values) => new([.. values.Select(value => JsonValue.Create(value))]);

    private static float[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetSingle())];
}
