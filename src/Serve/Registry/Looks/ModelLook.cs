using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Onnx;

namespace Unreel.Serve.Registry;

/// <summary>A look at the ONNX model of an artifact, without its weights.</summary>
/// <param name="File">The model's file within the artifact.</param>
/// <param name="Outline">What it consists of; null where that cannot be told.</param>
/// <param name="Problem">Why not; null where it can.</param>
public sealed record ModelLook(string File, ModelOutline? Outline, string? Problem)
{
    private const int MostText = 160;

    private static readonly DigestCache<ModelOutline> Outlines = new(32);

    /// <summary>Looks at an artifact's model; null where it holds none. Its weights are neither read nor fetched.</summary>
    public static async Task<ModelLook?> ReadAsync(IArtifactStore store, Artifact artifact, CancellationToken ct)
    {
        Descriptor? layer = artifact.Manifest.Layers.FirstOrDefault(layer => layer.Title == "model.onnx")
            ?? artifact.Manifest.Layers.FirstOrDefault(layer => layer.Title?.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase) == true);
        if (artifact.Reference.Kind != ArtifactKind.Onnx || layer?.Title is not { } title)
            return null;

        if (Outlines.Find(layer.Digest) is { } known)
            return new ModelLook(title, known, null);

        try
        {
            await using Stream content = await store.OpenViewAsync(layer, ct);
            ModelOutline outline = await Task.Run(() => ModelOutline.Read(content, title), ct);
            Outlines.Keep(layer.Digest, outline);
            return new ModelLook(title, outline, null);
        }
        catch (Exception problem) when (problem is OnnxModelException or IOException or (StoreException and not StoreUnreachableException))
        {
            return new ModelLook(title, null, StoreWords.Of(store, problem));
        }
    }

    /// <summary>What the contract says, entry by entry, such as <c>parity.tolerance</c> and <c>0.0001</c>; labels are counted.</summary>
    public IEnumerable<KeyValuePair<string, string>> Contract()
    {
        if (Outline?.Contract is not { } json)
            return [];

        try
        {
            return JsonNode.Parse(json) is JsonObject contract ? Entries(contract, string.Empty) : [new("contract", "is no JSON object")];
        }
        catch (JsonException problem)
        {
            return [new("contract", $"is not JSON: {problem.Message}")];
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Entries(JsonObject parent, string path)
    {
        foreach ((string name, JsonNode? value) in parent)
        {
            if (value is JsonObject child)
            {
                foreach (KeyValuePair<string, string> entry in Entries(child, $"{path}{name}."))
                    yield return entry;
            }
            else
            {
                yield return new(path + name, path.Length == 0 && name == "labels" && value is JsonArray labels ? Labels(labels) : Text(value));
            }
        }
    }

    private static string Labels(JsonArray labels) => $"{labels.Count.ToString(CultureInfo.InvariantCulture)}: {Text(labels)}";

    private static string Text(JsonNode? value)
    {
        string text = value switch
        {
            null => "–",
            JsonArray list => string.Join(", ", list.Select(Text)),
            JsonValue single when single.TryGetValue(out string? content) => content,
            _ => value.ToJsonString(),
        };
        return text.Length <= MostText ? text : text[..MostText] + "…";
    }
}
