using System.Globalization;
using Microsoft.Net.Http.Headers;
using Unreel.Artifacts;
using Unreel.Serve.Classify;
using Unreel.Serve.Registry;

namespace Unreel.Serve.Api;

/// <summary>A page of runs, newest first.</summary>
/// <param name="Total">How many there are in all.</param>
/// <param name="Offset">How many of them come before these.</param>
/// <param name="Next">The path of the next page; null at the end.</param>
/// <param name="Runs">Those of this page.</param>
/// <param name="Damaged">Those of this page whose records cannot be read.</param>
public sealed record RunList(int Total, int Offset, string? Next, IReadOnlyList<RunDocument> Runs, IReadOnlyList<DamagedRun> Damaged);

/// <summary>A run whose record cannot be read.</summary>
/// <param name="Digest">The digest of its record.</param>
/// <param name="Started">When it began.</param>
/// <param name="Problem">What is wrong with the record.</param>
public sealed record DamagedRun(Digest Digest, DateTimeOffset Started, string Problem);

/// <summary>What became of one run of a pipeline.</summary>
/// <param name="Digest">The digest of its record.</param>
/// <param name="Run">The record.</param>
/// <param name="Logs">The logs of its stages.</param>
/// <param name="Page">Its page for people.</param>
public sealed record RunDocument(Digest Digest, PipelineRun Run, IReadOnlyList<FileItem> Logs, string Page)
{
    /// <summary>Makes it.</summary>
    internal static RunDocument Of(StoredPipelineRun stored) => new(
        stored.Reference.Digest,
        stored.Run,
        [.. stored.Manifest.Layers.Select(layer => new FileItem(layer.Title, layer.MediaType, layer.Digest, layer.Size, layer.Title is { } title ? $"{ApiRoutes.Root}/runs/{stored.Reference.Digest}/logs/{RegistryRoutes.Escaped(title)}" : null))],
        $"/registry/runs/{stored.Reference.Digest}");
}

/// <summary>Runs of pipelines and their logs.</summary>
internal static class RunApi
{
    private const int MostLimit = 100, Limit = 20;

    /// <summary>Answers with a page of runs.</summary>
    public static async Task<IResult> ListAsync(HttpContext context, CancellationToken ct)
    {
        QueryReader reader = new(context.Request.Query, "offset", "limit");
        int offset = reader.Whole("offset", 0, int.MaxValue) ?? 0, limit = reader.Whole("limit", 1, MostLimit) ?? Limit;
        IArtifactStore store = RegistryRoutes.Store(context.RequestServices);
        IReadOnlyList<PipelineRunRef> all = await store.ListPipelineRunsAsync(ct);
        string version = all.Count == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{all.Count}-{all[0].Digest.Hex[..16]}-{all[^1].Digest.Hex[..16]}");
        IReadOnlyList<ListedRun> shown = await ListedRun.ReadAsync(store, all.Skip(offset).Take(limit), ct);
        string damaged = string.Concat(shown.Where(run => run.Problem is not null).Select(run => $"-{run.Reference.Digest.Hex[..8]}"));
        return Conditions.Answer(context, new EntityTagHeaderValue($"\"{version}{damaged}\""), () => new RunList(
            all.Count,
            offset,
            Conditions.Next(context, $"{ApiRoutes.Root}/runs", string.Empty, offset, limit, all.Count),
            [.. shown.Select(run => run.Stored).OfType<StoredPipelineRun>().Select(RunDocument.Of)],
            [.. shown.Where(run => run.Problem is not null).Select(run => new DamagedRun(run.Reference.Digest, run.Reference.Started, run.Problem!))]));
    }

    /// <summary>Answers with one run.</summary>
    public static async Task<IResult> ShowAsync(HttpContext context, string digest, CancellationToken ct)
    {
        StoredPipelineRun run = await RunPages.FindAsync(context.RequestServices, digest, ct);
        return Conditions.Answer(context, Conditions.TagOf(run.Reference.Digest), () => RunDocument.Of(run));
    }

    /// <summary>Sends a log.</summary>
    public static async Task LogAsync(HttpContext context, string digest, string title) =>
        await BlobDownload.SendAsync(context, RunPages.LogOf(await RunPages.FindAsync(context.RequestServices, digest, context.RequestAborted), title), isForGood: true);
}
