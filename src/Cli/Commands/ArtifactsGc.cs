using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Cli.Output;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel artifacts gc</c>.</summary>
internal static class ArtifactsGc
{
    private static readonly Option<bool> Delete = new("--delete") { Description = "Delete; without it, only what would go is told." };
    private static readonly Option<TimeSpan?> Grace = StoreOptions.Duration("--grace", "Leave alone what was written or used within this time. Default: 24h; at least 20m, of a container 1h.");
    private static readonly Option<TimeSpan?> Older = StoreOptions.Duration("--older", "Of artifacts without a tag take only those that are older. Default: as --grace.");
    private static readonly Option<TimeSpan?> KeepRuns = StoreOptions.Duration("--keep-runs", "Keep records of runs, their logs, and unfinished work for this time. Default: 90d.");
    private static readonly Option<string?> WorkRoot = new("--work-root") { Description = "Also clear this folder of fetched inputs and left work. Default: the store's own folder, where it is one.", HelpName = "DIR" };

    public static Command Create()
    {
        Option<string?> store = StoreOptions.Store();
        Option<bool> json = StoreOptions.Json();
        Command command = new("gc", "Frees what neither tags nor lineage reach. Safe while others write; says only what would go unless --delete is given.") { Delete, Grace, Older, KeepRuns, WorkRoot, store, json };
        command.SetAction(async (parsed, ct) =>
        {
            ArtifactStore opened = await StoreOptions.OpenExistingAsync(parsed, store, ct);
            CollectionOptions options = new() { Delete = parsed.GetValue(Delete), Older = parsed.GetValue(Older) };
            options = options with { Grace = parsed.GetValue(Grace) ?? options.Grace, KeepRuns = parsed.GetValue(KeepRuns) ?? options.KeepRuns };
            CollectionReport report = await ProgressDisplay.RunAsync(progress => opened.CollectAsync(options, new Told(progress), ct));
            WorkRootReport work = WorkRootSweep.Run(parsed.GetValue(WorkRoot) ?? FolderOf(opened), options, TimeProvider.System);
            if (parsed.GetValue(json))
                JsonLine.Write(Describe(report, work));
            else
                Print(report, work, opened.Location);

            return report.Blocked.Count == 0 ? ExitCodes.Done : ExitCodes.Failed;
        });
        return command;
    }

    private static string? FolderOf(ArtifactStore store) => store.LocalFile(Digest.Of([])) is null ? null : store.Location;

    private static JsonObject Describe(CollectionReport report, WorkRootReport work)
    {
        JsonObject line = JsonSerializer.SerializeToNode(report, JsonLine.Options)!.AsObject();
        line["sums"] = new JsonArray([.. report.Sums.Select(sum => (JsonNode)new JsonObject { ["reason"] = Word(sum.Reason), ["count"] = sum.Count, ["bytes"] = sum.Bytes })]);
        line["largest"] = new JsonArray([.. report.Largest.Select(item => (JsonNode)new JsonObject
        {
            ["name"] = item.Name,
            ["reason"] = Word(item.Reason),
            ["bytes"] = item.Bytes,
            ["modified"] = item.Modified,
        })]);
        line["workRoot"] = new JsonObject { ["inputs"] = work.Inputs, ["workFolders"] = work.WorkFolders, ["locks"] = work.Locks, ["bytes"] = work.Bytes };
        return line;
    }

    private static void Print(CollectionReport report, WorkRootReport work, string store)
    {
        foreach (string blocked in report.Blocked)
            Console.Error.WriteLine($"unreel: {blocked}");
        if (report.Blocked.Count > 0)
        {
            Console.Error.WriteLine($"unreel: nothing was deleted: what these need is not known. Bring the right bytes again (run the stage again, or copy), untag and remove artifacts, or move damaged bytes away (verify --quarantine).");
            return;
        }

        foreach (string note in report.Notes)
            Console.Error.WriteLine($"unreel: {note}");

        string verb = report.Deleted ? "removed" : "would remove";
        TextTable table = new("BYTES", "WHY", "LAST USED", "WHAT");
        foreach (CollectedItem item in report.Largest)
            table.Add(Units.Bytes(item.Bytes), Word(item.Reason), item.Modified.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture), item.Name);
        if (report.Largest.Count > 0)
            table.Write(Console.Out);

        foreach (CollectedSum sum in report.Sums)
            Console.WriteLine($"{verb} {sum.Count} {Say(sum.Reason)}, {Units.Bytes(sum.Bytes)}");
        if (work.Inputs + work.WorkFolders + work.Locks > 0)
            Console.WriteLine($"{verb} {work.Inputs} fetched inputs, {work.WorkFolders} folders of left work and {work.Locks} locks, {Units.Bytes(work.Bytes)}");
        Console.WriteLine($"{verb} {report.Blobs} blobs, {Units.Bytes(report.Bytes)}, of {store}; {report.Kept} artifacts stay"
            + (report.Young > 0 ? $", {report.Young} blobs that nothing names are too young to go" : string.Empty)
            + (report.Spared > 0 ? $", {report.Spared} were used again meanwhile" : string.Empty));
        if (!report.Deleted && (report.Sums.Count > 0 || work.Bytes > 0))
            Console.WriteLine("nothing was deleted; --delete does it");
    }

    private static string Word(CollectionReason reason) => reason switch
    {
        CollectionReason.Untagged => "untagged",
        CollectionReason.Referrer => "referrer",
        CollectionReason.OldRun => "old-run",
        CollectionReason.Record => "record",
        _ => "unnamed",
    };

    private static string Say(CollectionReason reason) => reason switch
    {
        CollectionReason.Untagged => "artifacts that no tag reaches",
        CollectionReason.Referrer => "descriptions of what is not there",
        CollectionReason.OldRun => "old records of runs",
        CollectionReason.Record => "records of finished or given up work",
        _ => "blobs that nothing names",
    };

    private sealed class Told(IProgress<StageProgress> progress) : IProgress<CollectionProgress>
    {
        public void Report(CollectionProgress value) => progress.Report(new StageProgress(value.Activity, value.Done, value.Total, string.Empty));
    }
}
