using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Cli.Hosting;
using Unreel.Cli.Output;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel runs</c>: what ran when, and what it had to say.</summary>
internal static class RunsCommand
{
    private const int Usual = 20;
    private const int DigestLength = 12;

    public static Command Create()
    {
        Argument<string?> run = new("run") { Description = "A run by the beginning of its digest, or 'latest'; without it, runs are listed, newest first.", HelpName = "RUN", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> log = new("--log") { Description = "Print the log of this stage of the run.", HelpName = "STAGE" };
        Option<int> count = new("--count", "-n") { Description = $"List N runs. Default {Usual}.", HelpName = "N", DefaultValueFactory = _ => Usual };
        Option<string?> store = StoreOptions.Store();
        Option<bool> json = StoreOptions.Json();
        Command command = new("runs", "Lists the runs of pipelines that the store remembers, shows the stages of one, or prints a stage's log.") { run, log, count, store, json };
        command.SetAction(async (parsed, ct) =>
        {
            if (parsed.GetValue(count) is < 1 and var few)
                throw new UsageException($"--count is {few}; expected at least 1.");

            IArtifactStore opened = StoreOptions.Open(parsed, store);
            await ExistingStore.RequireAsync(opened, ct);
            IReadOnlyList<PipelineRunRef> all = await opened.ListPipelineRunsAsync(ct);
            bool isJson = parsed.GetValue(json);
            if (parsed.GetValue(run) is not { } named)
            {
                if (parsed.GetValue(log) is not null)
                    throw new UsageException("--log needs a run; expected unreel runs RUN --log STAGE.");
                await ListAsync(opened, all.Take(parsed.GetValue(count)), isJson, ct);
                return ExitCodes.Done;
            }

            StoredPipelineRun found = await ReadAsync(opened, Find(all, named, opened.Location), ct);
            if (parsed.GetValue(log) is { } stage)
                await PrintLogAsync(opened, found, stage, ct);
            else if (isJson)
                JsonLine.Write(Describe(found));
            else
                Print(found);
            return ExitCodes.Done;
        });
        return command;
    }

    private static PipelineRunRef Find(IReadOnlyList<PipelineRunRef> all, string named, string location)
    {
        string hex = named.StartsWith("sha256:", StringComparison.Ordinal) ? named["sha256:".Length..] : named;
        PipelineRunRef[] found = [.. named == "latest" ? all.Take(1) : all.Where(run => run.Digest.Hex.StartsWith(hex, StringComparison.Ordinal))];
        return found.Length switch
        {
            1 => found[0],
            0 when all.Count == 0 => throw new UsageException($"there are no runs in {location} yet; unreel run FILE leaves one when a stage has worked."),
            0 => throw new UsageException($"there is no run '{named}' in {location}; expected one of those that unreel runs lists, or latest."),
            _ => throw new UsageException($"'{named}' begins the digests of {found.Length} runs; expected more digits."),
        };
    }

    private static async Task<StoredPipelineRun> ReadAsync(IArtifactStore store, PipelineRunRef run, CancellationToken ct) =>
        await store.ReadPipelineRunAsync(run.Digest, ct) ?? throw new StoreException($"The record of the run {run.Digest} is not in {store.Location}.");

    private static async Task ListAsync(IArtifactStore store, IEnumerable<PipelineRunRef> runs, bool json, CancellationToken ct)
    {
        TextTable table = new("RUN", "STARTED", "TIME", "PIPELINE", "EXIT CODE", "STAGES");
        foreach (PipelineRunRef reference in runs)
        {
            StoredPipelineRun stored = await ReadAsync(store, reference, ct);
            if (json)
                JsonLine.Write(Describe(stored));
            PipelineRun run = stored.Run;
            table.Add(
                reference.Digest.Hex[..DigestLength],
                $"{run.Started:yyyy-MM-dd HH:mm:ss}Z",
                RunText.Of(run.Finished - run.Started),
                run.Pipeline,
                $"{run.ExitCode}",
                string.Join(", ", run.Stages.CountBy(stage => stage.State).Select(state => $"{state.Value} {state.Key}")));
        }

        if (!json)
            table.Write(Console.Out);
    }

    private static JsonObject Describe(StoredPipelineRun stored)
    {
        JsonObject json = (JsonObject)JsonSerializer.SerializeToNode(stored.Run, JsonLine.Options)!;
        json["digest"] = stored.Reference.Digest.ToString();
        return json;
    }

    private static void Print(StoredPipelineRun stored)
    {
        PipelineRun run = stored.Run;
        Console.WriteLine($"{run.Pipeline}, {run.Started:yyyy-MM-dd HH:mm:ss}Z, {RunText.Of(run.Finished - run.Started)}, exit code {run.ExitCode}");
        Console.WriteLine($"{stored.Reference.Digest}, Unreel {run.Code ?? "?"}, {run.Machine}");
        TextTable table = new("STAGE", "STATE", "TIME", "ARTIFACT", "RESULT", "LOG");
        foreach (PipelineRunStage stage in run.Stages)
        {
            string result = stage.State is "done" or "up-to-date" ? stage.Summary ?? string.Empty : stage.Reason;
            table.Add(stage.Id, stage.State.Replace('-', ' '), stage.Started is null ? "-" : RunText.Of(TimeSpan.FromSeconds(stage.Seconds)), Short(stage.Artifact), result.ReplaceLineEndings(" "), stage.Log ?? "-");
        }

        table.Write(Console.Out);
    }

    private static string Short(string? artifact)
    {
        int digest = artifact?.IndexOf("sha256:", StringComparison.Ordinal) ?? -1;
        return digest < 0 ? artifact ?? "-" : artifact![..digest] + artifact[(digest + 7)..Math.Min(artifact.Length, digest + 7 + DigestLength)];
    }

    private static async Task PrintLogAsync(IArtifactStore store, StoredPipelineRun stored, string id, CancellationToken ct)
    {
        PipelineRunStage stage = stored.Run.Stages.FirstOrDefault(stage => stage.Id == id)
            ?? throw new UsageException($"the run has no stage '{id}'{Suggestion.For(id, stored.Run.Stages.Select(stage => stage.Id))}");
        Descriptor log = stored.Manifest.Layers.FirstOrDefault(layer => layer.Title == stage.Log)
            ?? throw new UsageException($"{id} wrote no log in this run: {stage.State.Replace('-', ' ')} ({stage.Reason}).");
        await using Stream stream = await store.OpenAsync(log, ct);
        await using Stream output = Console.OpenStandardOutput();
        await stream.CopyToAsync(output, ct);
    }
}
