using System.CommandLine;
using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Cli.Output;
using Unreel.Export;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel artifacts import</c>.</summary>
internal static class ArtifactsImport
{
    private static readonly Argument<string> Source = new("path") { Description = "An OCI image layout, as a folder or as an uncompressed .tar; or a folder that was exported as triton or huggingface." };
    private static readonly Option<string?> As = new("--as") { Description = "What to call it: kind/name:tag. Default: the names and tags that the artifacts bring.", HelpName = "REFERENCE" };
    private static readonly Option<string?> Select = new("--select") { Description = "The tag or digest of the artifact that --as is for, where there are several.", HelpName = "TAG|DIGEST" };

    public static Command Create()
    {
        Option<string?> store = StoreOptions.Store();
        Option<bool> json = StoreOptions.Json();
        Command command = new("import", "Brings artifacts back that were exported, with their digests and signatures, and files that others put into an OCI layout.") { Source, As, Select, store, json };
        command.SetAction(async (parsed, ct) =>
        {
            ArtifactReference? target = Target(parsed);
            IArtifactStore opened = StoreOptions.Open(parsed, store);
            foreach (ImportedArtifact one in await BringAsync(opened, parsed, target, ct))
                Report(one, parsed.GetValue(json));

            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<IReadOnlyList<ImportedArtifact>> BringAsync(IArtifactStore store, ParseResult parsed, ArtifactReference? target, CancellationToken ct)
    {
        string path = parsed.GetValue(Source)!;
        if (Directory.Exists(path) && !OciLayout.IsLayout(path))
            return [await new SharedImport(store, TimeProvider.System).RunAsync(path, target, ct)];

        OciLayout layout = await OciLayout.OpenAsync(path, ct);
        return await new LayoutImport(store, TimeProvider.System).RunAsync(layout, target, parsed.GetValue(Select), ct);
    }

    private static ArtifactReference? Target(ParseResult parsed)
    {
        if (parsed.GetValue(As) is not { } text)
            return parsed.GetValue(Select) is null ? null : throw new UsageException("--select chooses what --as is for; expected both, or neither.");

        ArtifactReference target = StoreOptions.Parse(text);
        return target.Tag is not null ? target : throw new UsageException($"--as is '{target}', which names a digest; what is imported gets its digest from its bytes. Expected kind/name:tag.");
    }

    private static void Report(ImportedArtifact one, bool json)
    {
        if (json)
        {
            JsonLine.Write(new JsonObject
            {
                ["reference"] = one.Artifact.ToString(),
                ["source"] = one.Source.ToString(),
                ["kept"] = one.KeptDigest,
                ["tags"] = new JsonArray([.. one.Tags.Select(tag => (JsonNode?)tag.ToString())]),
            });
            return;
        }

        Console.WriteLine(one.Tags.Count == 0 ? one.Artifact.ToString() : string.Join('\n', one.Tags.Select(tag => $"{tag} -> {one.Artifact.Digest}")));
        if (!one.KeptDigest)
            Console.Error.WriteLine($"note: {one.Artifact} has a new digest (there it was {one.Source}), since its name, its files or its manifest are others; signatures of the old one do not hold for it.");
    }
}
