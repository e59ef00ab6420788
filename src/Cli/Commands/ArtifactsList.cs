using System.CommandLine;
using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Cli.Output;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel artifacts ls</c>.</summary>
internal static class ArtifactsList
{
    public static Command Create()
    {
        Argument<string?> kind = new("kind") { Description = "Only this kind: clips, textures, weights, onnx, report or scores.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> store = StoreOptions.Store();
        Option<bool> json = StoreOptions.Json();
        Command command = new("ls", "Lists artifacts with their tags, size and the stage that made them.") { kind, store, json };
        command.SetAction(async (parsed, ct) =>
        {
            IArtifactStore opened = StoreOptions.Open(parsed, store);
            ArtifactKind? only = ParseKind(parsed.GetValue(kind));
            List<(Artifact Artifact, string[] Tags)> found = await ReadAsync(opened, only, ct);
            if (parsed.GetValue(json))
                found.ForEach(item => JsonLine.Write(Describe(item.Artifact, item.Tags)));
            else
                Print(found, opened.Location);

            return ExitCodes.Done;
        });
        return command;
    }

    private static ArtifactKind? ParseKind(string? text)
    {
        if (text is null)
            return null;

        return ArtifactReference.TryParseKind(text, out ArtifactKind kind)
            ? kind
            : throw new UsageException($"'{text}' is not a kind; expected clips, textures, weights, onnx, report or scores.");
    }

    private static async Task<List<(Artifact, string[])>> ReadAsync(IArtifactStore store, ArtifactKind? kind, CancellationToken ct)
    {
        List<Tag> tags = [];
        await foreach (Tag tag in store.ListTagsAsync(kind, ct))
            tags.Add(tag);

        ILookup<(ArtifactKind, string, Digest), string> names = tags.ToLookup(tag => (tag.Kind, tag.Name, tag.Target), tag => tag.Value);
        List<(Artifact, string[])> found = [];
        await foreach (Artifact artifact in store.ListAsync(kind, ct))
            found.Add((artifact, [.. names[(artifact.Reference.Kind, artifact.Reference.Name, artifact.Reference.Digest)].Order(StringComparer.Ordinal)]));

        return found;
    }

    private static JsonObject Describe(Artifact artifact, string[] tags) => new()
    {
        ["kind"] = ArtifactReference.KindText(artifact.Reference.Kind),
        ["name"] = artifact.Reference.Name,
        ["digest"] = artifact.Reference.Digest.ToString(),
        ["tags"] = new JsonArray([.. tags.Select(tag => JsonValue.Create(tag))]),
        ["size"] = artifact.Size,
        ["files"] = artifact.Manifest.Layers.Count,
        ["stage"] = artifact.Lineage.Stage,
        ["metrics"] = JsonLine.Numbers(artifact.Lineage.Metrics),
    };

    private static void Print(List<(Artifact Artifact, string[] Tags)> found, string store)
    {
        if (found.Count == 0)
        {
            Console.WriteLine($"Nothing in {store} yet. A first pipeline: unreel run pipelines/quickstart.yaml");
            return;
        }

        TextTable table = new("ARTIFACT", "TAGS", "DIGEST", "SIZE", "STAGE", "METRICS");
        foreach ((Artifact artifact, string[] tags) in found)
        {
            table.Add(
                $"{ArtifactReference.KindText(artifact.Reference.Kind)}/{artifact.Reference.Name}",
                tags.Length == 0 ? "-" : string.Join(' ', tags),
                artifact.Reference.Digest.Hex[..12],
                Units.Bytes(artifact.Size),
                artifact.Lineage.Stage,
                string.Join("  ", artifact.Lineage.Metrics.Select(metric => $"{metric.Key} {Units.Number(metric.Value)}")));
        }

        table.Write(Console.Out);
    }
}
