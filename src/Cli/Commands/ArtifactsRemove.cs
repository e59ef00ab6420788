using System.CommandLine;
using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel artifacts rm</c>.</summary>
internal static class ArtifactsRemove
{
    public static Command Create()
    {
        Argument<string> reference = StoreOptions.Reference();
        Option<string?> store = StoreOptions.Store();
        Command command = new("rm", "Takes an artifact without tags out of the listing; gc frees its bytes once nothing was made from it either.") { reference, store };
        command.SetAction(async (parsed, ct) =>
        {
            IArtifactStore opened = StoreOptions.Open(parsed, store);
            ArtifactRef found = await opened.RequireAsync(parsed.GetValue(reference)!, ct);
            await opened.RemoveAsync(found, ct);
            Console.WriteLine($"{found} removed");
            using ArtifactIndex index = StoreOptions.Index(opened);
            int made = (await index.GetAsync(ct)).DependentsOf(found.Digest).Count();
            if (made > 0)
                await Console.Error.WriteLineAsync($"{made} artifact{(made == 1 ? " was" : "s were")} made from it: its bytes stay as long as those do");

            return ExitCodes.Done;
        });
        return command;
    }
}
