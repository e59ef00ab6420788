using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Modeling;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Export;

/// <summary>Writes artifacts as folders in the style of Hugging Face's hub: the model, <c>config.json</c>, <c>preprocessor_config.json</c>, and a model card.</summary>
public static class HuggingFaceExport
{
    private const string CardFile = "README.md";

    // Pillow's number for it, which is what the hub's processors say.
    private const int Bilinear = 2;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes an ONNX model, or weights as Hugging Face's VideoMAE loads them.</summary>
    /// <param name="store">Where the artifact is.</param>
    /// <param name="artifact">The artifact, of the kind onnx or weights.</param>
    /// <param name="folder">A new or empty folder.</param>
    /// <param name="ct">Cancels; nothing is left.</param>
    /// <returns>The folder.</returns>
    /// <exception cref="UsageException">It is of another kind, or no model of ours.</exception>
    /// <exception cref="ModelException">The form cannot say what the weights need.</exception>
    public static async Task<string> RunAsync(IArtifactStore store, ArtifactRef artifact, string folder, CancellationToken ct)
    {
        using NewFolder made = new(folder);
        await (artifact.Kind switch
        {
            ArtifactKind.Onnx => WriteOnnxAsync(store, artifact, made.Path, ct),
            ArtifactKind.Weights => WriteWeightsAsync(store, artifact, made.Path, ct),
            _ => throw new UsageException($"{artifact} is of the kind {ArtifactReference.KindText(artifact.Kind)}; expected an ONNX model or weights."),
        });
        return made.Keep();
    }

    private static async Task WriteOnnxAsync(IArtifactStore store, ArtifactRef artifact, string folder, CancellationToken ct)
    {
        SharedModel model = await SharedModel.ReadAsync(store, artifact, ct);
        ClipPreparation preparation = ClipPreparation.FromJson(JsonSerializer.SerializeToElement(model.Contract.Preparation));
        await model.WriteAsync(store, folder, folder, ct);
        await WriteAsync(folder, "config.json", Config(model), ct);
        await WriteAsync(folder, "preprocessor_config.json", Preprocessor(preparation), ct);
        await File.WriteAllTextAsync(Path.Combine(folder, CardFile), ModelCard.OfModel(model, preparation), ct);
    }

    private static async Task WriteWeightsAsync(IArtifactStore store, ArtifactRef reference, string folder, CancellationToken ct)
    {
        Artifact artifact = await store.ReadAsync(reference, ct);
        DirectoryInfo fetched = Directory.CreateTempSubdirectory("unreel-export-");
        try
        {
            string weights = await ArtifactFolder.FetchAsync(store, artifact, Path.Combine(fetched.FullName, "weights"), ct);
            WeightExport.Run(weights, WeightFormat.HuggingFace, folder);
        }
        finally
        {
            fetched.Delete(recursive: true);
        }

        await File.WriteAllTextAsync(Path.Combine(folder, CardFile), ModelCard.OfWeights(artifact), ct);
    }

    private static Task WriteAsync(string folder, string file, JsonObject content, CancellationToken ct) =>
        File.WriteAllTextAsync(Path.Combine(folder, file), content.ToJsonString(Indented) + "\n", ct);

    private static JsonObject Config(SharedModel model)
    {
        IReadOnlyList<string> labels = model.Contract.Labels;
        return new JsonObject
        {
            ["model_type"] = "unreel",
            ["num_labels"] = labels.Count,
            ["id2label"] = new JsonObject(labels.Select((label, index) => KeyValuePair.Create(index.ToString(CultureInfo.InvariantCulture), (JsonNode?)label))),
            ["label2id"] = new JsonObject(labels.Select((label, index) => KeyValuePair.Create(label, (JsonNode?)index))),
            ["num_frames"] = model.Contract.Input.Frames,
            ["image_size"] = model.Contract.Input.Height,
            ["num_channels"] = 3,
            ["precision"] = model.Contract.Precision,
            ["unreel"] = JsonNode.Parse(model.Contract.ToJson()),
        };
    }

    // The model takes bytes as they are: normalisation and the order of axes are its own.
    private static JsonObject Preprocessor(ClipPreparation preparation) => new()
    {
        ["do_resize"] = true,
        ["size"] = new JsonObject { ["shortest_edge"] = preparation.ShortSide == 0 ? preparation.Size : preparation.ShortSide },
        ["resample"] = Bilinear,
        ["do_center_crop"] = true,
        ["crop_size"] = new JsonObject { ["height"] = preparation.Size, ["width"] = preparation.Size },
        ["do_rescale"] = false,
        ["do_normalize"] = false,
        ["input_data_format"] = "channels_last",
        ["data_format"] = "channels_last",
        ["num_frames"] = preparation.Frames,
        ["frame_stride"] = preparation.Stride,
        ["frame_sampling"] = preparation.Sampling,
        ["num_clips"] = preparation.Clips,
        ["num_crops"] = preparation.Crops,
    };
}
