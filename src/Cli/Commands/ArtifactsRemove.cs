using System.CommandLine;
using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel artifacts rm</c>.</summary>
internal static class ArtifactsRemove
{
    private const int Named = 3;

    public static Command Create()
    {
        Argument<string> reference = StoreOptions.Reference();
        Option<bool> force = new("--force") { Description = "Also what tagged artifacts were made from: their lineage then names what is not listed." };
        Option<string?> store = StoreOptions.Store();
        Command command = new("rm", "Takes an artifact without tags out of the listing; gc frees its bytes once nothing was made from it either.") { reference, force, store };
        command.SetAction(async (parsed, ct) =>
        {
            IArtifactStore opened = StoreOptions.Open(parsed, store);
            ArtifactRef found = await opened.RequireAsync(parsed.GetValue(reference)!, ct);
            using ArtifactIndex index = StoreOptions.Index(opened);
            IndexSnapshot snapshot = await index.GetAsync(ct);
            if (!parsed.GetValue(force))
                RequireNoDependents(snapshot, found, opened.Location);

            await opened.RemoveAsync(found, ct);
            Console.WriteLine($"{found} removed");
            int made = snapshot.DependentsOf(found.Digest).Count();
            if (made > 0)
                await Console.Error.WriteLineAsync($"{made} artifact{(made == 1 ? " was" : "s were")} made from it: its bytes stay as long as those do");

            return ExitCodes.Done;
        });
        return command;
    }

    private static void RequireNoDependents(IndexSnapshot snapshot, ArtifactRef artifact, string store)
    {
        IReadOnlyList<IndexEntry> dependents = snapshot.TaggedDependentsOf(artifact.Digest);
        if (dependents.Count == 0)
            return;

        IEnumerable<string> named = dependents.Take(Named).Select(made => $"{ArtifactReference.KindText(made.Reference.Kind)}/{made.Reference.Name}:{snapshot.TagsOf(made.Reference).First()}");
        string more = dependents.Count > Named ? $" and {dependents.Count - Named} more" : string.Empty;
        throw new StoreConflictException($"{string.Join(", ", named)}{more} in {store} {(dependents.Count == 1 ? "was" : "were")} made from {artifact}; expected nothing tagged to be. Untag first, or give --force.");
    }
}
