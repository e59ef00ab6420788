using System.Text.Json.Nodes;
using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>What decides a stage's result, as a digest, with its inputs as they are now.</summary>
/// <param name="Digest">Of stage, version, options and input digests.</param>
/// <param name="Inputs">The inputs, in the order of the options that name them.</param>
/// <param name="Options">The options for the lineage: no absolute paths, no secrets.</param>
internal sealed record StageKey(Digest Digest, IReadOnlyList<ResolvedInput> Inputs, JsonObject Options);

/// <summary>An input with what it is now.</summary>
/// <param name="Option">The option that names it.</param>
/// <param name="Input">The input as given.</param>
/// <param name="Artifact">The artifact it means, or null for a path.</param>
/// <param name="Digest">The manifest's digest, or that of the folder's listing.</param>
internal sealed record ResolvedInput(string Option, StageInput Input, ArtifactRef? Artifact, Digest Digest)
{
    /// <summary>How the lineage names it: never with the path on this machine.</summary>
    public string LineageText =>
        Artifact?.ToString() ?? $"folder:{Path.GetFileName(Path.TrimEndingDirectorySeparator(Input.Text))}";
}

/// <summary>Computes keys.</summary>
internal sealed class StageKeys(IArtifactStore store, FolderDigester folders)
{
    /// <summary>Finds what the inputs are now, and the key that follows.</summary>
    /// <param name="stage">The kind of stage.</param>
    /// <param name="id">Whose options these are, for messages.</param>
    /// <param name="options">The options.</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="except">Options whose inputs are left out, because they are not made yet; the key then means nothing.</param>
    /// <exception cref="UsageException">An input does not exist.</exception>
    public async Task<StageKey> ComputeAsync(StageDescription stage, string id, object options, CancellationToken ct, IReadOnlySet<string>? except = null)
    {
        List<ResolvedInput> inputs = [];
        foreach ((string path, StageInput input) in OptionsJson.Inputs(options))
        {
            if (except?.Contains(path) is not true)
                inputs.Add(await ResolveAsync(input, path, $"{id}.{path}", ct));
        }

        Dictionary<string, string> texts = inputs.ToDictionary(input => input.Option, input => input.LineageText);
        JsonObject lineage = new OptionsJson((path, _) => texts.GetValueOrDefault(path), LocalText.WithoutPlaceAndSecrets).Write(options);
        return new StageKey(KeyOf(stage, options, inputs), inputs, lineage);
    }

    /// <summary>Finds what one input is now.</summary>
    public async Task<ResolvedInput> ResolveAsync(StageInput input, string option, string where, CancellationToken ct)
    {
        if (input.IsPath)
            return new ResolvedInput(option, input, null, await folders.ComputeAsync(input.Text, where, ct));

        ArtifactRef artifact = await store.FindAsync(input.Reference, ct)
            ?? throw new UsageException($"{where}: there is no artifact {input.Text} in {store.Location}, and no file or folder of that name.");
        return new ResolvedInput(option, input, artifact, artifact.Digest);
    }

    internal static Digest KeyOf(StageDescription stage, object options, IReadOnlyList<ResolvedInput> inputs)
    {
        JsonObject key = new()
        {
            ["stage"] = stage.Name,
            ["version"] = stage.Version,
            ["options"] = new OptionsJson((_, _) => null, same => same).Write(options),
            ["inputs"] = new JsonObject(inputs.Select(input => KeyValuePair.Create(input.Option, (JsonNode?)input.Digest.ToString()))),
        };
        return Digest.Of(OptionsJson.Canonical(key));
    }
}
