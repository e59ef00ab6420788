using System.CommandLine;
using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Cli.Output;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel artifacts why REF</c>: what made this artifact another than the one before it.</summary>
internal static class ArtifactsWhy
{
    // Runs are read newest first, one request each: an old artifact is explained without the run that made it.
    private const int MostRuns = 200;

    public static Command Create()
    {
        Argument<string> reference = StoreOptions.Reference();
        Option<string?> against = new("--against") { Description = "Compare with this artifact. Default: the one published before it under the same name.", HelpName = "REFERENCE" };
        Option<string?> store = StoreOptions.Store();
        Option<bool> json = StoreOptions.Json();
        Command command = new("why", "Says why an artifact was made though there was one before it: which option, input or version differed, and the run that made it.") { reference, against, store, json };
        command.SetAction(async (parsed, ct) =>
        {
            IArtifactStore opened = StoreOptions.Open(parsed, store);
            Artifact artifact = await opened.ReadAsync(await opened.RequireAsync(parsed.GetValue(reference)!, ct), ct);
            Artifact? before = parsed.GetValue(against) is { } other
                ? await opened.ReadAsync(await opened.RequireAsync(other, ct), ct)
                : await BeforeAsync(opened, artifact.Reference, ct);
            IReadOnlyList<StageDifference> differences = before is null ? [] : StageDifference.Between(before.Lineage, artifact.Lineage);
            (PipelineRun Run, PipelineRunStage Stage)? made = await MadeByAsync(opened, artifact.Reference, ct);
            if (parsed.GetValue(json))
                JsonLine.Write(Describe(artifact, before, differences, made?.Run, made?.Stage));
            else
                Print(artifact, before, differences, made?.Run, made?.Stage);

            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<Artifact?> BeforeAsync(IArtifactStore store, ArtifactRef artifact, CancellationToken ct)
    {
        using ArtifactIndex index = new(store, TimeProvider.System);
        IEnumerable<IndexEntry> named = (await index.GetAsync(ct)).Entries
            .Where(entry => entry.Reference.Kind == artifact.Kind && entry.Reference.Name == artifact.Name && entry.Reference != artifact)
            .OrderByDescending(entry => entry.Made);
        DateTimeOffset own = await MadeAsync(store, artifact, ct) ?? DateTimeOffset.MaxValue;
        List<(ArtifactRef Reference, DateTimeOffset Made)> before = [];
        foreach (IndexEntry entry in named.Take(MostRuns))
        {
            if ((await MadeAsync(store, entry.Reference, ct) ?? entry.Made) is var made && made < own)
                before.Add((entry.Reference, made));
        }

        return before.Count == 0 ? null : await store.ReadAsync(before.MaxBy(one => one.Made).Reference, ct);
    }

    // When the work was done first; a copy of a store is younger than what it holds.
    private static async Task<DateTimeOffset?> MadeAsync(IArtifactStore store, ArtifactRef artifact, CancellationToken ct) =>
        await store.RunsAsync(artifact, ct) is [var first, ..] ? first.Started : null;

    private static async Task<(PipelineRun, PipelineRunStage)?> MadeByAsync(IArtifactStore store, ArtifactRef artifact, CancellationToken ct)
    {
        string made = artifact.ToString();
        foreach (PipelineRunRef reference in (await store.ListPipelineRunsAsync(ct)).Take(MostRuns))
        {
            if (await store.ReadPipelineRunAsync(reference.Digest, ct) is { } stored
                && stored.Run.Stages.FirstOrDefault(stage => stage.State == "done" && stage.Artifact == made) is { } stage)
                return (stored.Run, stage);
        }

        return null;
    }

    private static JsonObject Describe(Artifact artifact, Artifact? before, IReadOnlyList<StageDifference> differences, PipelineRun? run, PipelineRunStage? stage) => new()
    {
        ["artifact"] = artifact.Reference.ToString(),
        ["before"] = before?.Reference.ToString(),
        ["differences"] = StatusCommand.Describe(differences),
        ["pipeline"] = run?.Pipeline,
        ["started"] = run?.Started,
        ["stage"] = stage?.Id,
        ["reason"] = stage?.Reason,
    };

    private static void Print(Artifact artifact, Artifact? before, IReadOnlyList<StageDifference> differences, PipelineRun? run, PipelineRunStage? stage)
    {
        Console.WriteLine(artifact.Reference);
        if (run is not null && stage is not null)
            Console.WriteLine($"made by {stage.Id} of {run.Pipeline}, {run.Started:yyyy-MM-dd HH:mm:ss}Z: {stage.Reason}");
        if (before is null)
            Console.WriteLine("it is the first of its name");
        else if (differences.Count == 0)
            Console.WriteLine($"made of the same stage, version, options and inputs as {before.Reference}: run again, or with other code ({before.Lineage.Code ?? "?"}, now {artifact.Lineage.Code ?? "?"}) or runtime ({before.Lineage.Runtime ?? "?"}, now {artifact.Lineage.Runtime ?? "?"})");
        else
            Console.WriteLine($"differs from {before.Reference}:");
        WhyCommand.Print(differences);
    }
}
