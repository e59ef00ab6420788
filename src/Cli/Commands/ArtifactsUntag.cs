using System.CommandLine;
using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel artifacts untag</c>.</summary>
internal static class ArtifactsUntag
{
    public static Command Create()
    {
        Argument<string> reference = new("reference") { Description = "The tag: kind/name:tag." };
        Option<string?> store = StoreOptions.Store();
        Command command = new("untag", "Removes a tag; the artifact stays until gc finds that nothing needs it.") { reference, store };
        command.SetAction(async (parsed, ct) =>
        {
            IArtifactStore opened = StoreOptions.Open(parsed, store);
            string text = parsed.GetValue(reference)!;
            if (StoreOptions.Parse(text) is not { Tag: { } name } asked || !text.Contains(':', StringComparison.Ordinal))
                throw new UsageException($"'{text}' names no tag; expected kind/name:tag.");

            Tag tag = await ReadAsync(opened, asked, name, ct) ?? throw new ArtifactNotFoundException(asked.ToString(), opened.Location);
            if (!await opened.TryRemoveTagAsync(tag, ct))
                throw new StoreConflictException($"The tag {asked} was moved by another writer at the same time; look at it and try again.");

            Console.WriteLine($"{asked} removed" + (tag.Target == default ? string.Empty : $" (was {tag.Target})"));
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<Tag?> ReadAsync(IArtifactStore store, ArtifactReference asked, string tag, CancellationToken ct)
    {
        try
        {
            return await store.ReadTagAsync(asked.Kind, asked.Name, tag, ct);
        }
        catch (TagDamagedException e)
        {
            // Removing is how such a tag is mended.
            return new Tag(asked.Kind, asked.Name, tag, default, e.Version);
        }
    }
}
