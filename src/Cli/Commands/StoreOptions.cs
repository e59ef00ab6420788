using System.CommandLine;
using System.Text.RegularExpressions;
using Unreel.Artifacts;
using Unreel.Cli.Hosting;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary>The option and arguments that many commands share, and what they stand for.</summary>
internal static partial class StoreOptions
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
        Description = $"{what}: kind/name:tag (the tag defaults to latest), kind/name@sha256:…, or the first 12 or more digits of its digest",
    };

    /// <summary>Opens the store that the command line means.</summary>
    public static IArtifactStore Open(ParseResult parsed, Option<string?> option) => OpenStore(parsed, option);

    /// <summary>The same, for what only a store itself can do.</summary>
    public static ArtifactStore OpenStore(ParseResult parsed, Option<string?> option) =>
        ArtifactStores.Open(StoreLocation.Resolve(parsed.GetValue(option)), logger: new WarningsToError());

    /// <summary>Opens a store that must be there: a mistyped one is not an empty one.</summary>
    /// <exception cref="UsageException">Nothing was ever written there.</exception>
    public static async Task<ArtifactStore> OpenExistingAsync(ParseResult parsed, Option<string?> option, CancellationToken ct)
    {
        ArtifactStore opened = OpenStore(parsed, option);
        return await opened.ExistsAsync(ct) ? opened : throw new UsageException($"There is no store at {opened.Location}.");
    }

    /// <summary>The index of a store, for one command.</summary>
    public static ArtifactIndex Index(IArtifactStore store) => new(store, TimeProvider.System, new WarningsToError<ArtifactIndex>());

    /// <summary>An option that is a duration.</summary>
    public static Option<TimeSpan?> Duration(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "DURATION",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (Durations.TryParse(text, out TimeSpan duration))
                return duration;

            result.AddError($"{name}: '{text}' is not a duration; expected such as 90s, 30m, 12h or 7d.");
            return null;
        },
    };

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
        ShortDigest().Match(text) is { Success: true } match
            ? await ByPrefixAsync(store, match, ct)
            : await store.FindAsync(Parse(text), ct) ?? throw new ArtifactNotFoundException(text, store.Location);

    private static async Task<ArtifactRef> ByPrefixAsync(IArtifactStore store, Match match, CancellationToken ct)
    {
        using ArtifactIndex index = Index(store);
        string name = match.Groups["name"].Value, hex = match.Groups["hex"].Value;
        ArtifactRef[] found = [.. (await index.GetAsync(ct)).ReferencesByPrefix(hex).Where(artifact => name.Length == 0 || artifact.ToString().StartsWith(name + "@", StringComparison.Ordinal))];
        return found switch
        {
            [var one] => one,
            [] => throw new ArtifactNotFoundException(match.Value, store.Location),
            _ => throw new UsageException($"'{match.Value}' may mean {string.Join(" or ", found.Take(3))}; give more digits."),
        };
    }

    [GeneratedRegex("^(?:(?<name>[^@]+)@)?(?:sha256:)?(?<hex>[0-9a-f]{12,63})$", RegexOptions.ExplicitCapture)]
    private static partial Regex ShortDigest();
}
