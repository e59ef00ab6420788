using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Serve.Scoring;

/// <summary>Puts finished rows into a store: rows, report, picture and failures, with where they came from.</summary>
internal sealed class ScorePublisher(IArtifactStore store, IRuntimeDescription runtime, TimeProvider clock)
{
    /// <summary>What the files are, by how their names end.</summary>
    internal static IReadOnlyDictionary<string, string> MediaTypes { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [".csv"] = "text/csv",
        [".jsonl"] = "application/jsonl",
        [".json"] = "application/json",
        [".svg"] = "image/svg+xml",
    };

    /// <summary>Refuses a tag that is taken.</summary>
    /// <exception cref="UsageException">There is such an artifact.</exception>
    public async Task CheckFreeAsync(ArtifactReference target, CancellationToken ct)
    {
        if (await store.ReadTagAsync(target.Kind, target.Name, target.Tag!, ct) is { } tag)
            throw new UsageException($"{target} is there already, {tag.Target}; move the tag to new scores with --overwrite, or choose another --out.");
    }

    /// <summary>What the tag points to where that is of the same work; null where there is nothing of the name.</summary>
    /// <exception cref="UsageException">It is of other work.</exception>
    public async Task<Artifact?> FinishedAsync(ArtifactReference target, ScoreIdentity identity, CancellationToken ct)
    {
        if (await store.FindAsync(target, ct) is not { } found)
            return null;

        Artifact artifact = await store.ReadAsync(found, ct);
        string? other = artifact.Manifest.Layers.FirstOrDefault(layer => layer.Title?.EndsWith(".report.json", StringComparison.Ordinal) == true) is { } report
            ? ScoreReport.Read(await ReadAsync(report, ct), found.ToString()).Identity.Difference(identity)
            : "nothing says what its rows are of";
        return other is null ? artifact : throw new UsageException($"{target} is there already, and not of this work: {other}. Move the tag with --overwrite, or choose another --out.");
    }

    /// <summary>Publishes and tags.</summary>
    /// <param name="target">What was written.</param>
    /// <param name="report">What the rows are of.</param>
    /// <param name="tally">The figures.</param>
    /// <param name="run">When it began, and how fast it was.</param>
    /// <param name="ct">Cancels; the same again goes on.</param>
    public async Task<ArtifactRef> PublishAsync(ScoreTarget target, ScoreReport report, ScoreTally tally, (DateTimeOffset Started, double VideosPerSecond) run, CancellationToken ct)
    {
        List<Descriptor> layers = [];
        foreach (string file in new[] { target.File, target.Report, target.Confusion, target.Failures }.Where(File.Exists))
            layers.Add(await store.AddFileAsync(file, MediaTypes[Path.GetExtension(file)], Path.GetFileName(file), ct));

        Lineage lineage = new()
        {
            Stage = "score",
            Options = report.Options.DeepClone().AsObject(),
            Inputs = report.Inputs,
            Code = runtime.Code,
            Runtime = runtime.Runtime,
            Device = (string?)report.Options[ScoreWork.Device],
            Metrics = Metrics(tally),
        };
        ArtifactRef artifact = await store.PublishAsync(ArtifactKind.Scores, target.Artifact!.Name, lineage, layers, ct);
        RunRecord record = new() { Started = run.Started, Finished = clock.GetUtcNow(), Machine = runtime.Machine, Figures = new() { ["videos_per_second"] = run.VideosPerSecond } };
        await store.RecordRunAsync(artifact, record, ct);
        await store.MoveTagAsync(artifact, target.Artifact.Tag!, clock, ct);
        return artifact;
    }

    internal async Task<byte[]> ReadAsync(Descriptor blob, CancellationToken ct)
    {
        await using Stream stream = await store.OpenAsync(blob, ct);
        using MemoryStream bytes = new();
        await stream.CopyToAsync(bytes, ct);
        return bytes.ToArray();
    }

    /// <summary>The figures of an artifact of scores.</summary>
    internal static SortedDictionary<string, double> Metrics(ScoreTally tally)
    {
        SortedDictionary<string, double> metrics = new(StringComparer.Ordinal) { ["videos"] = tally.Rows, ["failed"] = tally.Failed };
        foreach ((string name, double? value) in new[] { ("top1", tally.Top1), ("top5", tally.Top5), ("mean_per_class", tally.MeanPerClass) })
        {
            if (value is { } some)
                metrics[name] = some;
        }

        return metrics;
    }
}
