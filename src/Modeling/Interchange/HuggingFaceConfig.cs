using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Unreel.Modeling;

/// <summary>The files <c>config.json</c> and <c>preprocessor_config.json</c> beside Hugging Face's VideoMAE weights.</summary>
internal sealed record HuggingFaceConfig
{
    public const string FileName = "config.json";
    public const string PreprocessorFileName = "preprocessor_config.json";

    private const string ModelType = "videomae";
    private const double LargestEpsilon = 1e-5;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public required VideoTransformerShape Shape { get; init; }

    /// <summary>The labels in order; empty where the file names none.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Whether tokens are averaged before the head; false for the bare encoder and for pre-training.</summary>
    public required bool UsesMeanPooling { get; init; }

    /// <summary>Reads a folder's config.</summary>
    /// <exception cref="ModelException">It is missing, not of a VideoMAE, or asks for what our network does not do.</exception>
    public static HuggingFaceConfig Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            throw new ModelException($"There is no {FileName} in '{folder}'; Hugging Face's weights need it for their number of heads, frames and labels.");

        return Parsed(path, root => Read(root, path));
    }

    /// <summary>The means and deviations of a folder's preprocessor, or ImageNet's where it has no such file.</summary>
    /// <exception cref="ModelException">The file is no such document.</exception>
    public static PixelNormalisation ReadNormalisation(string folder)
    {
        string path = Path.Combine(folder, PreprocessorFileName);
        return !File.Exists(path) ? PixelNormalisation.ImageNet : Parsed(path, root => new PixelNormalisation
        {
            Mean = Numbers(root, "image_mean"),
            Std = Numbers(root, "image_std"),
        }.Checked(path));
    }

    /// <summary>Writes both files for a model of ours.</summary>
    public static void Write(string folder, ModelDescription model)
    {
        WriteJson(Path.Combine(folder, FileName), Config(model));
        WriteJson(Path.Combine(folder, PreprocessorFileName), Preprocessor(model));
    }

    private static HuggingFaceConfig Read(JsonElement root, string path)
    {
        Require(root, path, "model_type", ModelType, ModelType);
        Require(root, path, "hidden_act", "gelu", "gelu");
        Require(root, path, "num_channels", "3", "3");
        Require(root, path, "qkv_bias", "True", "True");
        double epsilon = root.TryGetProperty("layer_norm_eps", out JsonElement value) ? value.GetDouble() : 1e-12;
        if (epsilon is < 0 or > LargestEpsilon)
            throw new ModelException($"{path}: layer_norm_eps is {epsilon}; the norms here add 1e-6, and at most {LargestEpsilon} is near enough.");

        return new HuggingFaceConfig
        {
            Shape = ReadShape(root).Checked(path),
            Labels = ReadLabels(root, path),
            UsesMeanPooling = !root.TryGetProperty("use_mean_pooling", out JsonElement pooling) || pooling.GetBoolean(),
        };
    }

    private static VideoTransformerShape ReadShape(JsonElement root) => new()
    {
        Frames = Integer(root, "num_frames", 16),
        ImageSize = Integer(root, "image_size", 224),
        TubeletSize = Integer(root, "tubelet_size", 2),
        PatchSize = Integer(root, "patch_size", 16),
        Width = Integer(root, "hidden_size", 768),
        Depth = Integer(root, "num_hidden_layers", 12),
        Heads = Integer(root, "num_attention_heads", 12),
        MlpWidth = Integer(root, "intermediate_size", 3072),
        DecoderWidth = Integer(root, "decoder_hidden_size", 384),
        DecoderDepth = Integer(root, "decoder_num_hidden_layers", 4),
        DecoderHeads = Integer(root, "decoder_num_attention_heads", 6),
    };

    private static string[] ReadLabels(JsonElement root, string path)
    {
        if (!root.TryGetProperty("id2label", out JsonElement map))
            return [];

        Dictionary<string, string?> labels = map.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString(), StringComparer.Ordinal);
        return [.. Enumerable.Range(0, labels.Count).Select(index => labels.GetValueOrDefault(index.ToString(CultureInfo.InvariantCulture))
            ?? throw new ModelException($"{path}: id2label has {labels.Count} labels but none for {index}."))];
    }

    // A key that is missing has the default of the format, which is given last.
    private static void Require(JsonElement root, string path, string key, string expected, string fallback)
    {
        string found = root.TryGetProperty(key, out JsonElement value) ? value.ToString() : fallback;
        if (found != expected)
            throw new ModelException($"{path}: {key} is '{found}'; only '{expected}' can be imported.");
    }

    private static int Integer(JsonElement root, string key, int fallback) => root.TryGetProperty(key, out JsonElement value) ? value.GetInt32() : fallback;

    private static float[] Numbers(JsonElement root, string key) => [.. root.GetProperty(key).EnumerateArray().Select(value => value.GetSingle())];

    private static T Parsed<T>(string path, Func<JsonElement, T> read)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path), Strict);
            return read(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new ModelException($"{path}: {error.Message}", error);
        }
    }

    private static JsonObject Config(ModelDescription model)
    {
        bool isClassifier = model.Kind == ModelKind.Classifier;
        VideoTransformerShape shape = model.Shape;
        var config = new JsonObject
        {
            ["architectures"] = new JsonArray(isClassifier ? "VideoMAEForVideoClassification" : "VideoMAEForPreTraining"),
            ["model_type"] = ModelType,
            ["num_frames"] = shape.Frames,
            ["image_size"] = shape.ImageSize,
            ["tubelet_size"] = shape.TubeletSize,
            ["patch_size"] = shape.PatchSize,
            ["num_channels"] = 3,
            ["hidden_size"] = shape.Width,
            ["num_hidden_layers"] = shape.Depth,
            ["num_attention_heads"] = shape.Heads,
            ["intermediate_size"] = shape.MlpWidth,
            ["hidden_act"] = "gelu",
            ["layer_norm_eps"] = Block.NormEpsilon,
            ["qkv_bias"] = true,
            ["use_mean_pooling"] = isClassifier,
            ["decoder_hidden_size"] = shape.DecoderWidth,
            ["decoder_num_hidden_layers"] = shape.DecoderDepth,
            ["decoder_num_attention_heads"] = shape.DecoderHeads,
            ["decoder_intermediate_size"] = 4 * shape.DecoderWidth,
            ["norm_pix_loss"] = true,
        };
        if (isClassifier)
            AddLabels(config, model.Labels);
        return config;
    }

    private static void AddLabels(JsonObject config, IReadOnlyList<string> labels)
    {
        (JsonObject names, JsonObject numbers) = ([], []);
        for (int index = 0; index < labels.Count; index++)
        {
            names[index.ToString(CultureInfo.InvariantCulture)] = labels[index];
            numbers[labels[index]] = index;
        }

        (config["id2label"], config["label2id"]) = (names, numbers);
    }

    private static JsonObject Preprocessor(ModelDescription model) => new()
    {
        ["image_processor_type"] = "VideoMAEImageProcessor",
        ["do_resize"] = true,
        ["size"] = new JsonObject { ["shortest_edge"] = model.Preparation is { ShortSide: > 0 } preparation ? preparation.ShortSide : model.Shape.ImageSize },
        ["do_center_crop"] = true,
        ["crop_size"] = new JsonObject { ["height"] = model.Shape.ImageSize, ["width"] = model.Shape.ImageSize },
        ["do_rescale"] = true,
        ["rescale_factor"] = 1 / 255.0,
        ["do_normalize"] = true,
        ["image_mean"] = new JsonArray([.. model.Normalisation.Mean.Select(value => JsonValue.Create(value))]),
        ["image_std"] = new JsonArray([.. model.Normalisation.Std.Select(value => JsonValue.Create(value))]),
    };

    private static void WriteJson(string path, JsonObject document) =>
        AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, document, ModelDescription.Indented));
}
