using System.CommandLine;
using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel artifacts tag</c>.</summary>
internal static class ArtifactsTag
{
    public static Command Create()
    {
        Argument<string> reference = StoreOptions.Reference();
        Argument<string> tag = new("tag") { Description = "The tag to set, e.g. production." };
        Option<string?> store = StoreOptions.Store();
        Command command = new("tag", "Points a tag at an artifact.") { reference, tag, store };
        command.SetAction(async (parsed, ct) =>
        {
            IArtifactStore opened = StoreOptions.Open(parsed, store);
            ArtifactRef found = await opened.RequireAsync(parsed.GetValue(reference)!, ct);
            ArtifactReference target = StoreOptions.Parse($"{ArtifactReference.KindText(found.Kind)}/{found.Name}:{parsed.GetValue(tag)}");
            Tag? before = await opened.ReadTagAsync(found.Kind, found.Name, target.Tag!, ct);
            if (!await opened.TryMoveTagAsync(found.Kind, found.Name, target.Tag!, found.Digest, before, ct))
                throw new StoreException($"The tag {target} was moved by another writer at the same time; look at it and try again.");

            Console.WriteLine($"{target} -> {found.Digest}" + (before is null ? string.Empty : $" (was {before.Target})"));
            return ExitCodes.Done;
        });
        return command;
    }
}
