using System.CommandLine;
using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel artifacts put</c>.</summary>
internal static class ArtifactsPut
{
    public static Command Create()
    {
        Argument<string> reference = new("reference") { Description = "What to call it: kind/name:tag; the tag defaults to latest." };
        Argument<string> path = new("path") { Description = "A file, or a folder whose files are taken with all folders below." };
        Option<string?> store = StoreOptions.Store();
        Command command = new("put", "Puts a file or a folder into the store and tags it.") { reference, path, store };
        command.SetAction(async (parsed, ct) =>
        {
            ArtifactReference target = StoreOptions.Parse(parsed.GetValue(reference)!);
            if (target.Tag is null)
                throw new UsageException($"'{target}' names a digest; what is put gets its digest from its bytes. Expected kind/name:tag.");

            IArtifactStore opened = StoreOptions.Open(parsed, store);
            ArtifactRef added = await AddAsync(opened, target, parsed.GetValue(path)!, ct);
            await opened.MoveTagAsync(added, target.Tag, TimeProvider.System, ct);
            Console.WriteLine($"{target} -> {added.Digest}");
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<ArtifactRef> AddAsync(IArtifactStore store, ArtifactReference target, string path, CancellationToken ct)
    {
        Lineage lineage = new() { Stage = "put" };
        if (Directory.Exists(path))
            return await ArtifactFolder.AddFolderAsync(store, target.Kind, target.Name, lineage, path, MediaTypes.Of, ct);

        if (!File.Exists(path))
            throw new UsageException($"There is no file or folder '{path}'.");

        Descriptor layer = await store.AddFileAsync(path, MediaTypes.Of(path), Path.GetFileName(path), ct);
        return await store.PublishAsync(target.Kind, target.Name, lineage, [layer], ct);
    }
}
