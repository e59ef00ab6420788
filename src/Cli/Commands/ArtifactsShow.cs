using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Cli.Output;
using Unreel.Pipelines;
using Unreel.Serve.Registry;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel artifacts show</c>.</summary>
internal static class ArtifactsShow
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create()
    {
        Argument<string> reference = StoreOptions.Reference();
        Option<string?> store = StoreOptions.Store();
        Option<bool> json = StoreOptions.Json();
        Command command = new("show", "Shows one artifact: its files, options, inputs, metrics and runs; of an ONNX model also what it consists of and costs.") { reference, store, json };
        command.SetAction(async (parsed, ct) =>
        {
            IArtifactStore opened = StoreOptions.Open(parsed, store);
            ArtifactRef found = await opened.RequireAsync(parsed.GetValue(reference)!, ct);
            Artifact artifact = await opened.ReadAsync(found, ct);
            IReadOnlyList<RunRecord> runs = await opened.RunsAsync(found, ct);
            ModelLook? look = await ModelLook.ReadAsync(opened, artifact, ct);
            if (parsed.GetValue(json))
                JsonLine.Write(Describe(artifact, runs, look));
            else
                Print(artifact, runs, look);

            return ExitCodes.Done;
        });
        return command;
    }

    private static JsonObject Describe(Artifact artifact, IReadOnlyList<RunRecord> runs, ModelLook? look) => new()
    {
        ["reference"] = artifact.Reference.ToString(),
        ["manifest"] = JsonSerializer.SerializeToNode(artifact.Manifest, JsonLine.Options),
        ["lineage"] = JsonSerializer.SerializeToNode(artifact.Lineage, JsonLine.Options),
        ["runs"] = JsonSerializer.SerializeToNode(runs, JsonLine.Options),
        ["model"] = look is null ? null : ModelPrinter.Describe(look),
    };

    private static void Print(Artifact artifact, IReadOnlyList<RunRecord> runs, ModelLook? look)
    {
        Lineage lineage = artifact.Lineage;
        Console.WriteLine(artifact.Reference);
        Console.WriteLine($"made by   {lineage.Stage} (version {lineage.StageVersion}) of Unreel {lineage.Code ?? "?"}, {lineage.Runtime ?? "no runtime"}, {lineage.Device ?? "no device"}");
        if (lineage.Seed is { } seed)
            Console.WriteLine($"seed      {seed}");

        Section("inputs", lineage.Inputs.Select(input => $"{input.Option,-12} {input.Reference}"));
        Section("metrics", lineage.Metrics.Select(metric => $"{metric.Key,-24} {Units.Number(metric.Value)}"));
        Section("files", artifact.Manifest.Layers.Select(layer => $"{Units.Bytes(layer.Size),10}  {layer.Title ?? layer.Digest.ToString()}  {layer.MediaType}"));
        Section("options", lineage.Options.ToJsonString(Indented).Split('\n'));
        Section("runs", runs.Select(run => $"{run.Started:yyyy-MM-dd HH:mm:ss}Z  {Units.Duration(run.Finished - run.Started)}  {run.Machine}"));
        if (look is not null)
            ModelPrinter.Print(look);
    }

    private static void Section(string title, IEnumerable<string> lines)
    {
        string[] all = [.. lines];
        if (all.Length == 0)
            return;

        Console.WriteLine(title);
        foreach (string line in all)
            Console.WriteLine("  " + line);
    }
}
