using System.CommandLine;
using Unreel.Artifacts;
using Unreel.Cli.Hosting;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary>The option and arguments that many commands share, and what they stand for.</summary>
internal static class StoreOptions
{
    public static Option<string?> Store() => new("--store")
    {
        Description = "The store: a folder, https://ACCOUNT.blob.core.windows.net/CONTAINER, or UseDevelopmentStorage=true. "
            + "Default: UNREEL_STORE, else the nearest folder .unreel at or above the current one.",
        HelpName = "STORE",
    };

    public static Option<bool> Json() => new("--json") { Description = "Print one JSON object a line on standard output." };

    public static Argument<string> Reference(string what = "The artifact") => new("reference")
    {
        Description = $"{what}: kind/name:tag (the tag defaults to latest) or kind/name@sha256:…",
    };

    /// <summary>Opens the store that the command line means.</summary>
    public static IArtifactStore Open(ParseResult parsed, Option<string?> option) =>
        ArtifactStores.Open(StoreLocation.Resolve(parsed.GetValue(option)));

    /// <summary>Reads a reference from the command line.</summary>
    public static ArtifactReference Parse(string text)
    {
        try
        {
            return ArtifactReference.Parse(text);
        }
        catch (FormatException e)
        {
            throw new UsageException(e.Message, e);
        }
    }

    /// <summary>Finds an artifact or says that there is none.</summary>
    public static async Task<ArtifactRef> RequireAsync(this IArtifactStore store, string text, CancellationToken ct) =>
        await store.FindAsync(Parse(text), ct) ?? throw new ArtifactNotFoundException(text, store.Location);
}
