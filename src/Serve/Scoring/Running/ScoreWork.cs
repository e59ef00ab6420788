using System.Text.Json;
using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Pipelines;
using Unreel.Serve.Http;
using Unreel.Serve.Models;

namespace Unreel.Serve.Scoring;

/// <summary>All that is known before the first video is opened.</summary>
/// <param name="Options">What was asked for.</param>
/// <param name="Target">Where rows go.</param>
/// <param name="Videos">The videos of this part, with their true labels.</param>
/// <param name="Format">How rows are written.</param>
/// <param name="Report">What will be said of them.</param>
/// <param name="Notices">What there is to say of the videos.</param>
internal sealed record ScoreWork(
    ScoreOptions Options, ScoreTarget Target, IReadOnlyList<VideoEntry> Videos, IScoreFormat Format, ScoreReport Report, IReadOnlyList<string> Notices)
{
    /// <summary>The member of the lineage's options that names the part.</summary>
    public const string Shard = "shard";

    /// <summary>The member that names what inference ran on.</summary>
    public const string Device = "device";

    /// <summary>What the rows are of.</summary>
    public ScoreIdentity Identity => Report.Identity;

    /// <summary>Puts it together.</summary>
    /// <exception cref="UsageException">There are fewer videos than parts, or no true labels where they were asked for.</exception>
    public static ScoreWork Prepare(ScoreOptions options, ScoreTarget target, VideoListing listing, ModelFile model, IReadOnlyList<string> labels, string device = "cpu")
    {
        TruthfulListing truthful = new TruthFinder(labels).Find(listing, options.Truth);
        IReadOnlyList<VideoEntry> all = truthful.Listing.Entries;
        if (options.Shard is { } shard && shard.Count > all.Count)
            throw new UsageException($"--shard {shard.Index}/{shard.Count}: there are {all.Count} videos, which cannot be divided into {shard.Count} parts.");

        int topK = Math.Min(options.TopK, labels.Count);
        ScoreIdentity identity = new(model.Digest, target.Format, topK, truthful.Any, truthful.Listing.NamesDigest(), all.Count, options.Shard?.ToString());
        string modelName = NameOf(model.Reference), videosName = listing.Artifact?.ToString() ?? NameOf(options.Videos);
        LineageInput[] inputs =
        [
            new("model", StageInput.Parse(model.Reference).Reference is { } artifact ? new ArtifactRef(artifact.Kind, artifact.Name, model.Digest).ToString() : $"file:{modelName}", model.Digest),
            new("videos", listing.Artifact?.ToString() ?? $"folder:{videosName}", listing.Artifact?.Digest ?? truthful.Listing.SizesDigest()),
        ];
        return new ScoreWork(
            options,
            target,
            options.Shard?.Of(all) ?? all,
            ScoreFormats.Create(target.Format, topK, truthful.Any),
            new ScoreReport(identity, modelName, videosName, labels, LineageOptions(options, identity, inputs, device), inputs),
            truthful.Listing.Notices);
    }

    private static JsonObject LineageOptions(ScoreOptions options, ScoreIdentity identity, LineageInput[] inputs, string device) => new()
    {
        ["model"] = inputs[0].Reference,
        ["videos"] = inputs[1].Reference,
        [Device] = device,
        ["format"] = identity.Rows,
        ["top_k"] = identity.TopK,
        ["truth"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(options.Truth.ToString()),
        ["include"] = JsonSerializer.SerializeToNode(options.Include, ServeJson.Options),
        ["exclude"] = JsonSerializer.SerializeToNode(options.Exclude, ServeJson.Options),
        [Shard] = identity.Shard,
    };

    // Never with the path on this machine: a report stays the same wherever the same files lie.
    private static string NameOf(string text) =>
        StageInput.Parse(text) is { IsPath: true } ? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(text))) : text;
}
