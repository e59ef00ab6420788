using System.CommandLine;
using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Cli.Output;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel artifacts copy</c>.</summary>
internal static class ArtifactsCopy
{
    private static readonly Argument<string[]> References = new("references") { Description = "The artifacts: kind/name:tag (the tag goes along) or kind/name@sha256:…", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<bool> All = new("--all") { Description = "Everything in the store, with all tags and the records of pipelines' runs." };
    private static readonly Option<string> To = new("--to") { Description = "The store to copy to.", HelpName = "STORE", Required = true };

    public static Command Create()
    {
        Option<string?> store = StoreOptions.Store();
        Option<bool> json = StoreOptions.Json();
        Command command = new("copy", "Copies artifacts to another store, digests, run records and signatures unchanged; what is there is not sent again, and a copy that was stopped is taken up.")
        {
            References, All, To, ExchangeSettings.Lineage, ExchangeSettings.Tags, ExchangeSettings.NoReferrers, store, json,
        };
        command.SetAction(async (parsed, ct) =>
        {
            string[] named = parsed.GetValue(References)!;
            if (named.Length == 0 != parsed.GetValue(All))
                throw new UsageException("Expected artifacts to copy, or --all, and not both.");

            ArtifactStore source = await StoreOptions.OpenExistingAsync(parsed, store, ct);
            ArtifactStore target = ArtifactStores.Open(parsed.GetValue(To)!);
            ExchangeOptions options = ExchangeSettings.Read(parsed);
            ExchangePlan plan = await ExchangePlan.MakeAsync(source, [.. named.Select(StoreOptions.Parse)], options, ct);
            StoreCopy copy = new(source, target, TimeProvider.System);
            bool isJson = parsed.GetValue(json);
            CopySummary summary = await copy.RunAsync(plan, options, new Steps(isJson), ct);
            int runs = parsed.GetValue(All) ? await copy.CopyRunsAsync(ct) : 0;
            Report(summary, runs, target.Location, isJson);
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Report(CopySummary summary, int runs, string target, bool json)
    {
        ExchangeSettings.TellMissing(summary.Missing);
        foreach (MovedTag tag in summary.Tags.Where(tag => tag.Before != tag.Now))
            Console.Error.WriteLine($"{tag.Tag} -> {tag.Now}{(tag.Before is { } before ? $" (was {before})" : string.Empty)}");

        if (json)
        {
            JsonLine.Write(new JsonObject
            {
                ["copied"] = summary.Copied,
                ["present"] = summary.Present,
                ["referrers"] = summary.Referrers,
                ["blobs"] = summary.Blobs,
                ["bytes"] = summary.Bytes,
                ["runs"] = runs,
                ["tags"] = new JsonArray([.. summary.Tags.Select(tag => (JsonNode?)tag.Tag.ToString())]),
                ["missing"] = new JsonArray([.. summary.Missing.Select(input => (JsonNode?)input.Reference)]),
            });
        }

        Console.Error.WriteLine($"{summary.Copied} copied, {summary.Present} there already, {summary.Tags.Count} tags, {Units.Bytes(summary.Bytes)} sent to {target}");
    }

    private sealed class Steps(bool json) : IProgress<CopyStep>
    {
        public void Report(CopyStep value)
        {
            if (json)
                JsonLine.Write(new JsonObject { ["artifact"] = value.Artifact.ToString(), ["new"] = value.IsNew, ["bytes"] = value.Bytes });
            else
                Console.WriteLine($"{value.Artifact}  {(value.IsNew ? Units.Bytes(value.Bytes) : "there already")}");
        }
    }
}
