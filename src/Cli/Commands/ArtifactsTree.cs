using System.CommandLine;
using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Cli.Output;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel artifacts tree</c>.</summary>
internal static class ArtifactsTree
{
    // Deeper than a terminal is wide, nobody reads; what follows is counted.
    private const int MaxIndent = 40;

    public static Command Create()
    {
        Argument<string> reference = StoreOptions.Reference();
        Option<int> depth = new("--depth") { Description = "How many generations each way. Default: all.", HelpName = "COUNT", DefaultValueFactory = _ => int.MaxValue };
        Option<int> most = new("--max") { Description = "At most so many artifacts. Default: 500.", HelpName = "COUNT", DefaultValueFactory = _ => 500 };
        Option<string?> store = StoreOptions.Store();
        Option<bool> json = StoreOptions.Json();
        Command command = new("tree", "Shows what an artifact was made from, and what was made from it.") { reference, depth, most, store, json };
        command.SetAction(async (parsed, ct) =>
        {
            if (parsed.GetValue(depth) < 0 || parsed.GetValue(most) < 1)
                throw new UsageException("--depth is below 0 or --max below 1; expected a number of generations and of artifacts.");

            IArtifactStore opened = StoreOptions.Open(parsed, store);
            ArtifactRef found = await opened.RequireAsync(parsed.GetValue(reference)!, ct);
            using ArtifactIndex index = StoreOptions.Index(opened);
            IndexSnapshot snapshot = await index.GetAsync(ct);
            LineageGraph graph = LineageGraph.Around(snapshot, found, parsed.GetValue(depth), parsed.GetValue(depth), parsed.GetValue(most));
            if (parsed.GetValue(json))
                JsonLine.Write(Describe(graph, snapshot));
            else
                Print(graph, snapshot, found);

            return ExitCodes.Done;
        });
        return command;
    }

    private static JsonObject Describe(LineageGraph graph, IndexSnapshot snapshot) => new()
    {
        ["artifacts"] = new JsonArray([.. graph.Nodes.Select(node => (JsonNode)new JsonObject
        {
            ["digest"] = node.Digest.ToString(),
            ["reference"] = node.Artifact?.ToString() ?? node.Text,
            ["isHere"] = node.Entry is not null,
            ["generation"] = node.Generation,
            ["stage"] = node.Entry?.Stage,
            ["tags"] = new JsonArray([.. TagsOf(node, snapshot).Select(tag => JsonValue.Create(tag))]),
        })]),
        ["edges"] = new JsonArray([.. graph.Edges.Select(edge => (JsonNode)new JsonObject { ["input"] = edge.Input.ToString(), ["made"] = edge.Made.ToString(), ["option"] = edge.Option })]),
        ["isCut"] = graph.IsCut,
    };

    private static IEnumerable<string> TagsOf(LineageNode node, IndexSnapshot snapshot) =>
        node.Entry is { } entry ? snapshot.TagsOf(entry.Reference).Order(StringComparer.Ordinal) : [];

    private static void Print(LineageGraph graph, IndexSnapshot snapshot, ArtifactRef artifact)
    {
        ILookup<Digest, LineageEdge> inputs = graph.Edges.ToLookup(edge => edge.Made), made = graph.Edges.ToLookup(edge => edge.Input);
        Dictionary<Digest, LineageNode> nodes = graph.Nodes.ToDictionary(node => node.Digest);
        Console.WriteLine(Line(nodes[artifact.Digest], snapshot));
        Branch("made from", digest => inputs[digest].Select(edge => (edge.Input, edge.Option)));
        Branch("made from it", digest => made[digest].Select(edge => (edge.Made, edge.Option)));
        if (graph.IsCut)
            Console.WriteLine("… and more: see --depth and --max");

        void Branch(string title, Func<Digest, IEnumerable<(Digest Next, string Option)>> next)
        {
            if (!next(artifact.Digest).Any())
                return;

            Console.WriteLine(title);
            HashSet<Digest> shown = [artifact.Digest];
            Stack<(Digest Digest, string Option, int Indent)> waiting = new(next(artifact.Digest).Reverse().Select(step => (step.Next, step.Option, 1)));
            while (waiting.TryPop(out (Digest Digest, string Option, int Indent) at))
            {
                bool isNew = shown.Add(at.Digest);
                Console.WriteLine($"{new string(' ', 2 * Math.Min(at.Indent, MaxIndent))}{at.Option}: {Line(nodes[at.Digest], snapshot)}{(isNew ? string.Empty : " (as above)")}");
                foreach ((Digest Next, string Option) step in isNew ? next(at.Digest).Reverse() : [])
                    waiting.Push((step.Next, step.Option, at.Indent + 1));
            }
        }
    }

    private static string Line(LineageNode node, IndexSnapshot snapshot)
    {
        if (node.Artifact is not { } artifact)
            return node.Text.StartsWith("folder:", StringComparison.Ordinal) ? node.Text : $"{node.Text} (not in this store)";

        string tags = string.Join(' ', TagsOf(node, snapshot));
        return $"{ArtifactReference.KindText(artifact.Kind)}/{artifact.Name}@{artifact.Digest.Hex[..12]}{(tags.Length == 0 ? string.Empty : $" [{tags}]")} {node.Entry?.Stage}".TrimEnd();
    }
}
