using System.Text;
using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Testing;
using Unreel.Testing.Models;

namespace Unreel.Serve.Tests.Registry;

/// <summary>A store with what training leaves: clips, weights with curves and confusion, a report that was made from both, two runs.</summary>
internal sealed class RegistryStore : IDisposable
{
    public const string Key = "0123456789abcdef0123456789abcdef";

    private readonly TemporaryFolder _folder = new();

    public RegistryStore() => Store = ArtifactStores.Open(_folder.File("store"));

    public ArtifactStore Store { get; }

    public ArtifactRef Clips { get; private set; }

    public ArtifactRef Weights { get; private set; }

    public ArtifactRef Report { get; private set; }

    public Digest Run { get; private set; }

    public static async Task<RegistryStore> FillAsync()
    {
        RegistryStore filled = new();
        filled.Clips = await filled.AddAsync(ArtifactKind.Clips, "drawn", "synthesize", [], [], ("preview.mp4", "video/mp4", TestVideos.Bytes()), ("a/b c.mp4", "video/mp4", TestVideos.Bytes()));
        filled.Weights = await filled.AddAsync(
            ArtifactKind.Weights, "walker", "finetune", [filled.Clips], new() { ["top1"] = .75, ["loss"] = .5 },
            ("metrics.jsonl", "application/jsonl", Lines(200)),
            ("report.json", "application/json", Encoding.UTF8.GetBytes("""{"top1":0.75,"classes":[{"label":"walk","tests":4},{"label":"run","tests":4}],"confusion":[[4,0],[2,2]]}""")),
            ("README.md", "text/markdown", "# Walker\n\nMade by **hand**. <script>alert(1)</script> [out](https://example.org) [in](metrics.jsonl) [bad](javascript:alert)\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n"u8.ToArray()),
            ("predictions.csv", "text/csv", "video,label\n\"a,b\",<b>walk\n"u8.ToArray()));
        filled.Report = await filled.AddAsync(ArtifactKind.Report, "judged", "evaluate", [filled.Weights, filled.Clips], new() { ["top1"] = .5 }, ("report.json", "application/json", "{}"u8.ToArray()));
        Assert.True(await filled.Store.TryMoveTagAsync(ArtifactKind.Weights, "walker", "latest", filled.Weights.Digest, null, CancellationToken.None));
        filled.Run = await filled.RecordAsync();
        return filled;
    }

    public async Task<ArtifactRef> AddAsync(ArtifactKind kind, string name, string stage, ArtifactRef[] inputs, SortedDictionary<string, double> metrics, params (string Title, string Type, byte[] Bytes)[] files)
    {
        List<Descriptor> layers = [];
        foreach ((string title, string type, byte[] bytes) in files)
            layers.Add(await Store.AddBytesAsync(bytes, type, title, CancellationToken.None));

        Lineage lineage = new()
        {
            Stage = stage,
            Options = new JsonObject { ["steps"] = 200, ["crop"] = new JsonObject { ["size"] = 32 } },
            Inputs = [.. inputs.Select(input => new LineageInput(ArtifactReference.KindText(input.Kind), input.ToString(), input.Digest))],
            Metrics = metrics,
        };
        return await Store.PublishAsync(kind, name, lineage, layers, CancellationToken.None);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<Digest> RecordAsync()
    {
        Descriptor log = await Store.AddBytesAsync("one\n<script>alert(1)</script>\n"u8.ToArray(), "text/plain", "finetune.log", CancellationToken.None);
        DateTimeOffset began = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        PipelineRun run = new()
        {
            Pipeline = "walk",
            Started = began,
            Finished = began.AddSeconds(90),
            Machine = "two cores",
            ExitCode = 1,
            Stages =
            [
                new() { Id = "synthesize", Stage = "synthesize", State = "up-to-date", Reason = "nothing changed", Started = began, Seconds = .1, Artifact = Clips.ToString() },
                new() { Id = "finetune", Stage = "finetune", State = "done", Reason = "an option changed: steps", Started = began.AddSeconds(1), Seconds = 80, Artifact = Weights.ToString(), Log = "finetune.log" },
                new() { Id = "export", Stage = "export", State = "failed", Reason = "<b>no</b>", Started = began.AddSeconds(81), Seconds = 9 },
            ],
        };
        return (await Store.RecordPipelineRunAsync(run, [log], CancellationToken.None)).Digest;
    }

    private static byte[] Lines(int steps) => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, steps).Select(step => FormattableString.Invariant($"{{\"step\":{step},\"epoch\":{step / 10.0},\"loss\":{2 - (step / 200.0)},\"lr\":0.01}}\n"))) + "{\"step\":200,\"lo");
}
