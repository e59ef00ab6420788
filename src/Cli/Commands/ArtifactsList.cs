using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Cli.Hosting;
using Unreel.Cli.Output;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel artifacts ls</c>.</summary>
internal static class ArtifactsList
{
    private static readonly Argument<string?> Kind = new("kind") { Description = "Only this kind: clips, textures, weights, onnx, report or scores.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Text = new("--search", "-s") { Description = "Words that must all occur in name, tags, stage, metrics' or inputs' names, or begin the digest.", HelpName = "WORDS" };
    private static readonly Option<string?> Stage = new("--stage") { Description = "Only what this stage made.", HelpName = "STAGE" };
    private static readonly Option<string?> Tagged = new("--tag") { Description = "Only what a tag of this name points to.", HelpName = "TAG" };
    private static readonly Option<bool> Untagged = new("--untagged") { Description = "Only what no tag points to." };
    private static readonly Option<string> Sort = new("--sort") { Description = "name (the default), newest, size, or the name of a metric (highest first).", HelpName = "ORDER", DefaultValueFactory = _ => "name" };
    private static readonly Option<int?> Limit = new("--limit", "-n") { Description = "At most so many.", HelpName = "COUNT" };

    public static Command Create()
    {
        Option<string?> store = StoreOptions.Store();
        Option<bool> json = StoreOptions.Json();
        Command command = new("ls", "Lists and searches artifacts, with their tags, size and the stage that made them.") { Kind, Text, Stage, Tagged, Untagged, Sort, Limit, store, json };
        command.SetAction(async (parsed, ct) =>
        {
            IndexQuery query = Query(parsed);
            // Where no store is named, none yet is where everybody begins.
            bool isNamed = StoreLocation.IsNamed(parsed.GetValue(store));
            ArtifactStore opened = isNamed ? await StoreOptions.OpenExistingAsync(parsed, store, ct) : StoreOptions.OpenStore(parsed, store);
            using ArtifactIndex index = StoreOptions.Index(opened);
            IndexSnapshot snapshot = await index.GetAsync(ct);
            IReadOnlyList<IndexEntry> found = Find(snapshot, query);
            if (parsed.GetValue(json))
            {
                foreach (IndexEntry entry in found)
                    JsonLine.Write(Describe(entry, snapshot));
                foreach (BrokenArtifact broken in Broken(snapshot, query))
                    JsonLine.Write(Describe(broken, snapshot));
            }
            else
                Print(found, snapshot, opened.Location, query);

            foreach (BrokenArtifact broken in snapshot.Broken)
                await Console.Error.WriteLineAsync($"unreel: {broken.Artifact} cannot be read: {broken.Why}");

            return snapshot.Broken.Count == 0 ? ExitCodes.Done : ExitCodes.Failed;
        });
        return command;
    }

    private static IndexQuery Query(ParseResult parsed)
    {
        string sort = parsed.GetValue(Sort)!;
        if (parsed.GetValue(Limit) is < 1)
            throw new UsageException($"--limit is {parsed.GetValue(Limit)}; expected at least 1.");

        return new IndexQuery
        {
            Kind = ParseKind(parsed.GetValue(Kind)),
            Text = parsed.GetValue(Text),
            Stage = parsed.GetValue(Stage),
            Tag = parsed.GetValue(Tagged),
            IsTagged = parsed.GetValue(Untagged) ? false : null,
            Order = sort switch { "name" => IndexOrder.Name, "newest" => IndexOrder.Newest, "size" => IndexOrder.Size, _ => IndexOrder.Metric },
            Metric = sort,
            Count = parsed.GetValue(Limit) ?? int.MaxValue,
        };
    }

    // By name alone, equal stores give equal listings: when things were made does not matter then.
    private static IReadOnlyList<IndexEntry> Find(IndexSnapshot snapshot, IndexQuery query)
    {
        if (query.Order == IndexOrder.Metric && !snapshot.Entries.Any(entry => entry.Metrics.ContainsKey(query.Metric!)) && snapshot.Entries.Count > 0)
            throw new UsageException($"--sort is '{query.Metric}', which is no metric of any artifact; expected name, newest, size or a metric.");

        return query.Order != IndexOrder.Name
            ? snapshot.Search(query).Entries
            : [.. snapshot.Search(query with { Count = int.MaxValue }).Entries.OrderBy(entry => entry.Reference.ToString(), StringComparer.Ordinal).Take(query.Count)];
    }

    private static ArtifactKind? ParseKind(string? text)
    {
        if (text is null)
            return null;

        return ArtifactReference.TryParseKind(text, out ArtifactKind kind)
            ? kind
            : throw new UsageException($"'{text}' is not a kind; expected clips, textures, weights, onnx, report or scores.");
    }

    // Of what cannot be read only kind, name, digest and tags are known.
    private static IEnumerable<BrokenArtifact> Broken(IndexSnapshot snapshot, IndexQuery query) => snapshot.Broken.Where(broken =>
        (query.Kind is not { } kind || broken.Artifact.Kind == kind)
        && query.Stage is null
        && (query.Tag is null || snapshot.TagsOf(broken.Artifact).Contains(query.Tag))
        && (query.IsTagged is not { } tagged || snapshot.TagsOf(broken.Artifact).Any() == tagged));

    private static JsonObject Describe(BrokenArtifact broken, IndexSnapshot snapshot) => new()
    {
        ["kind"] = ArtifactReference.KindText(broken.Artifact.Kind),
        ["name"] = broken.Artifact.Name,
        ["digest"] = broken.Artifact.Digest.ToString(),
        ["tags"] = new JsonArray([.. snapshot.TagsOf(broken.Artifact).Order(StringComparer.Ordinal).Select(tag => JsonValue.Create(tag))]),
        ["broken"] = broken.Why,
    };

    private static JsonObject Describe(IndexEntry entry, IndexSnapshot snapshot) => new()
    {
        ["kind"] = ArtifactReference.KindText(entry.Reference.Kind),
        ["name"] = entry.Reference.Name,
        ["digest"] = entry.Reference.Digest.ToString(),
        ["tags"] = new JsonArray([.. snapshot.TagsOf(entry.Reference).Order(StringComparer.Ordinal).Select(tag => JsonValue.Create(tag))]),
        ["size"] = entry.Size,
        ["files"] = entry.Files,
        ["made"] = entry.Made.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        ["stage"] = entry.Stage,
        ["metrics"] = JsonLine.Numbers(entry.Metrics),
    };

    private static void Print(IReadOnlyList<IndexEntry> found, IndexSnapshot snapshot, string store, IndexQuery query)
    {
        if (snapshot.Entries.Count + snapshot.Broken.Count == 0)
        {
            Console.WriteLine($"Nothing in {store} yet. A first pipeline: unreel run pipelines/quickstart.yaml");
            return;
        }

        TextTable table = new(["ARTIFACT", "TAGS", "DIGEST", "SIZE", .. query.Order == IndexOrder.Newest ? (string[])["MADE"] : [], "STAGE", "METRICS"]);
        foreach (IndexEntry entry in found)
        {
            string[] tags = [.. snapshot.TagsOf(entry.Reference).Order(StringComparer.Ordinal)];
            table.Add([
                $"{ArtifactReference.KindText(entry.Reference.Kind)}/{entry.Reference.Name}",
                tags.Length == 0 ? "-" : string.Join(' ', tags),
                entry.Reference.Digest.Hex[..12],
                Units.Bytes(entry.Size),
                .. query.Order == IndexOrder.Newest ? (string[])[entry.Made.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture)] : [],
                entry.Stage,
                string.Join("  ", entry.Metrics.OrderBy(metric => metric.Key, StringComparer.Ordinal).Select(metric => $"{metric.Key} {Units.Number(metric.Value)}")),
            ]);
        }

        foreach (BrokenArtifact broken in Broken(snapshot, query))
        {
            string tags = string.Join(' ', snapshot.TagsOf(broken.Artifact).Order(StringComparer.Ordinal));
            table.Add([
                $"{ArtifactReference.KindText(broken.Artifact.Kind)}/{broken.Artifact.Name}",
                tags.Length == 0 ? "-" : tags,
                broken.Artifact.Digest.Hex[..12],
                "-",
                .. query.Order == IndexOrder.Newest ? (string[])["-"] : [],
                "BROKEN",
                string.Empty,
            ]);
        }

        table.Write(Console.Out);
        if (found.Count == 0 && snapshot.Entries.Count > 0)
            Console.Error.WriteLine($"none of {snapshot.Entries.Count} artifacts is like that");
    }
}
