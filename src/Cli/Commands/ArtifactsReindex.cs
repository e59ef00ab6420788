using System.CommandLine;
using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel artifacts reindex</c>.</summary>
internal static class ArtifactsReindex
{
    public static Command Create()
    {
        Option<bool> markers = new("--markers") { Description = "First write the listing's markers anew, from every manifest among the blobs: for a store whose folder manifests/ or referrers/ was lost. What rm took out of the listing comes back." };
        Option<string?> store = StoreOptions.Store();
        Command command = new("reindex", "Reads all manifests and writes the stored index anew. Never needed: a damaged index is found and mended.") { markers, store };
        command.SetAction(async (parsed, ct) =>
        {
            ArtifactStore opened = await StoreOptions.OpenExistingAsync(parsed, store, ct);
            if (parsed.GetValue(markers))
                await Console.Error.WriteLineAsync($"{await opened.RebuildIndexAsync(ct)} manifests found");

            using ArtifactIndex index = StoreOptions.Index(opened);
            IndexSnapshot snapshot = await index.RebuildAsync(ct);
            foreach (BrokenArtifact broken in snapshot.Broken)
                await Console.Error.WriteLineAsync($"unreel: {broken.Artifact} cannot be read: {broken.Why}");

            Console.WriteLine($"{snapshot.Entries.Count} artifacts and {snapshot.Tags.Count} tags indexed in {opened.Location}");
            return snapshot.Broken.Count == 0 ? ExitCodes.Done : ExitCodes.Failed;
        });
        return command;
    }
}
