using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>
/// What a pipeline's stages were last made of, as JSON beside the pipeline file: sorted, without times and places,
/// the same after every run that changes nothing, so that it can be committed.
/// </summary>
internal sealed class LockFile
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly string _pipeline;
    private readonly SortedDictionary<string, JsonObject> _stages = new(StringComparer.Ordinal);

    private LockFile(string path, string pipeline) => (_path, _pipeline) = (path, pipeline);

    /// <summary>Reads the lock file of a pipeline; stages that the pipeline no longer has are forgotten.</summary>
    /// <returns>What it says; nothing where it is absent or no lock file.</returns>
    public static LockFile Load(string path, PipelineFile pipeline, Action<string> warn)
    {
        LockFile file = new(path, pipeline.Name);
        try
        {
            if (!File.Exists(path) || JsonNode.Parse(File.ReadAllBytes(path))?["stages"] is not JsonObject stages)
                return file;

            foreach ((string id, JsonNode? entry) in stages)
            {
                if (entry is JsonObject known && pipeline.Stages.Any(stage => stage.Id == id))
                    file._stages[id] = (JsonObject)known.DeepClone();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            warn($"{path} cannot be read as a lock file and will be written anew: {e.Message}");
        }

        return file;
    }

    /// <summary>Notes what a stage was made of and what it gave, and writes the file, atomically, unless it says all this already.</summary>
    public void Save(PlannedStage stage, StageKey key, ArtifactRef output)
    {
        lock (_lock)
        {
            Set(stage, key, output);
            Write();
        }
    }

    /// <summary>Says which input or setting differs from the last time; null where there was none.</summary>
    public string? Changed(PlannedStage stage, StageKey key)
    {
        if (Last(stage) is not { } last)
            return null;

        JsonObject now = Inputs(key);
        string[] inputs = [.. now.Where(input => !JsonNode.DeepEquals(last["inputs"]?[input.Key], input.Value)).Select(input => input.Key)];
        return inputs.Length > 0 ? $"changed since the last run: {string.Join(", ", inputs)}"
            : !JsonNode.DeepEquals(last["version"], stage.Description.Version) ? $"the stage {stage.Description.Name} has a new version"
            : !JsonNode.DeepEquals(last["key"], key.Digest.ToString()) ? "its options changed since the last run"
            : null;
    }

    private JsonObject? Last(PlannedStage stage)
    {
        lock (_lock)
            return _stages.GetValueOrDefault(stage.Id);
    }

    private void Set(PlannedStage stage, StageKey key, ArtifactRef output) => _stages[stage.Id] = new JsonObject
    {
        ["stage"] = stage.Description.Name,
        ["version"] = stage.Description.Version,
        ["key"] = key.Digest.ToString(),
        ["inputs"] = Inputs(key),
        ["output"] = output.ToString(),
    };

    private void Write()
    {
        JsonObject json = new()
        {
            ["version"] = 1,
            ["pipeline"] = _pipeline,
            ["stages"] = new JsonObject(_stages.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value.DeepClone()))),
        };
        byte[] bytes = Encoding.UTF8.GetBytes(json.ToJsonString(Indented) + "\n");
        if (!File.Exists(_path) || !File.ReadAllBytes(_path).AsSpan().SequenceEqual(bytes))
            AtomicFile.Write(_path, bytes);
    }

    private static JsonObject Inputs(StageKey key) => new(key.Inputs
        .OrderBy(input => input.Option, StringComparer.Ordinal)
        .Select(input => KeyValuePair.Create(input.Option, (JsonNode?)(input.Artifact?.ToString() ?? $"{input.LineageText}@{input.Digest}"))));
}
