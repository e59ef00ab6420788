using System.CommandLine;
using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel artifacts get</c>.</summary>
internal static class ArtifactsGet
{
    public static Command Create()
    {
        Argument<string> reference = StoreOptions.Reference();
        Option<string?> folder = new("--out", "-o") { Description = "A new or empty folder. Default: the artifact's name, here.", HelpName = "DIR" };
        Option<string?> store = StoreOptions.Store();
        Command command = new("get", "Fetches an artifact's files into a folder, checking their digests.") { reference, folder, store };
        command.SetAction(async (parsed, ct) =>
        {
            string? target = parsed.GetValue(folder);
            if (string.IsNullOrWhiteSpace(target) && target is not null)
                throw new UsageException("--out is empty; expected a new or an empty folder.");

            IArtifactStore opened = StoreOptions.Open(parsed, store);
            ArtifactRef found = await opened.RequireAsync(parsed.GetValue(reference)!, ct);
            Artifact artifact = await opened.ReadAsync(found, ct);
            Console.WriteLine(await ArtifactFolder.FetchAsync(opened, artifact, target ?? found.Name, ct));
            return ExitCodes.Done;
        });
        return command;
    }
}
