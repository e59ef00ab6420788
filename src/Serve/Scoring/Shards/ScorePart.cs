using System.Globalization;
using System.Text.RegularExpressions;
using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Serve.Scoring;

/// <summary>A part's finished rows and what is known of them.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Report">What its rows are of.</param>
/// <param name="Index">Which part it is, from 0.</param>
/// <param name="Count">Of how many.</param>
/// <param name="Open">Opens its rows.</param>
internal sealed record ScorePart(string Name, ScoreReport Report, int Index, int Count, Func<CancellationToken, Task<Stream>> Open)
{
    /// <summary>How many rows it has when it is whole.</summary>
    public int Rows => (Report.Identity.Count - Index + Count - 1) / Count;
}

/// <summary>Finds the parts that are meant: files, artifacts, or all parts of an output by the name that was given to <c>--out</c>.</summary>
/// <param name="store">Where artifacts are; null where there is no store.</param>
internal sealed partial class ScoreParts(IArtifactStore? store)
{
    /// <summary>Finds them.</summary>
    /// <exception cref="UsageException">There is no such part, or it does not say of what.</exception>
    public async Task<IReadOnlyList<ScorePart>> FindAsync(IEnumerable<string> names, CancellationToken ct)
    {
        List<ScorePart> parts = [];
        foreach (string name in names)
        {
            StageInput input = StageInput.Parse(name);
            if (input.IsPath)
                parts.AddRange(ShardedFile().IsMatch(name) ? [await ReadFileAsync(name, ct)] : await ReadFilesAsync(name, ct));
            else
                parts.AddRange(await ReadArtifactsAsync(input.Reference, ct));
        }

        return parts;
    }

    [GeneratedRegex(@"\.(?<index>[0-9]{1,6})-of-(?<count>[0-9]{1,6})(\.[A-Za-z]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex ShardedFile();

    private static async Task<List<ScorePart>> ReadFilesAsync(string output, CancellationToken ct)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(output))!;
        string stem = Path.GetFileNameWithoutExtension(output) + ".", extension = Path.GetExtension(output);
        string[] files = !Directory.Exists(folder) ? [] : [.. Directory.EnumerateFiles(folder)
            .Where(file => Path.GetFileName(file).StartsWith(stem, StringComparison.Ordinal) && Path.GetExtension(file) == extension && ShardedFile().Match(file) is { Success: true } match && match.Index == folder.TrimEnd('/').Length + stem.Length)
            .Order(StringComparer.Ordinal)];
        if (files.Length == 0)
            throw new UsageException($"There are no parts of {output}; expected files such as {stem}0-of-4{extension} in {folder}.");

        List<ScorePart> parts = [];
        foreach (string file in files)
            parts.Add(await ReadFileAsync(file, ct));
        return parts;
    }

    private static async Task<ScorePart> ReadFileAsync(string file, CancellationToken ct)
    {
        if (ScoreFile.IsStopped(file))
            throw new UsageException($"{file} is not finished: {ScoreFile.Part(file)} holds the rows so far; go on with --resume.");
        if (!File.Exists(file))
            throw new UsageException($"There is no part {file}.");

        string report = new ScoreTarget(file, "", null).Report;
        if (!File.Exists(report))
            throw new UsageException($"{file} has no {Path.GetFileName(report)} beside it, which says what its rows are of.");

        return Part(file, ScoreReport.Read(await File.ReadAllBytesAsync(report, ct), report), _ => Task.FromResult<Stream>(File.OpenRead(file)));
    }

    private static ScorePart Part(string name, ScoreReport report, Func<CancellationToken, Task<Stream>> open) =>
        report.Identity.Shard is { } shard && ShardedFile().Match("." + shard) is { Success: true } match
            ? new ScorePart(name, report, Number(match.Groups["index"]), Number(match.Groups["count"]), open)
            : throw new UsageException($"{name} is no part: its rows are of all videos.");

    private static int Number(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    private async Task<List<ScorePart>> ReadArtifactsAsync(ArtifactReference reference, CancellationToken ct)
    {
        IArtifactStore opened = store ?? throw new UsageException($"The part {reference} is an artifact, but no store was named.");
        if (reference.Kind != ArtifactKind.Scores)
            throw new UsageException($"{reference} is no part; expected an artifact of kind scores.");
        if (reference.Tag is not { } tag || ShardedFile().IsMatch(tag))
            return [await ReadArtifactAsync(opened, reference, ct)];

        List<ScorePart> parts = [];
        await foreach (Tag each in opened.ListTagsAsync(reference.Kind, ct))
        {
            if (each.Name == reference.Name && each.Value.StartsWith(tag + ".", StringComparison.Ordinal) && ShardedFile().Match(each.Value) is { Success: true } match && match.Index == tag.Length)
                parts.Add(await ReadArtifactAsync(opened, ArtifactReference.ToTag(each.Kind, each.Name, each.Value), ct));
        }

        return parts.Count > 0 ? parts : throw new UsageException($"There are no parts of {reference} in {opened.Location}; expected tags such as {tag}.0-of-4.");
    }

    private static async Task<ScorePart> ReadArtifactAsync(IArtifactStore store, ArtifactReference reference, CancellationToken ct)
    {
        ArtifactRef found = await store.FindAsync(reference, ct) ?? throw new UsageException($"There is no part {reference} in {store.Location}.");
        Artifact artifact = await store.ReadAsync(found, ct);
        Descriptor? report = artifact.Manifest.Layers.FirstOrDefault(layer => layer.Title?.EndsWith(".report.json", StringComparison.Ordinal) == true);
        Descriptor? rows = report is null ? null : artifact.Manifest.Layers.FirstOrDefault(layer => layer.Title == report.Title![..^".report.json".Length]);
        if (report is null || rows is null)
            throw new UsageException($"{reference} has no rows with a report, which says what they are of; it was not made by unreel score.");

        await using Stream stream = await store.OpenAsync(report, ct);
        using MemoryStream bytes = new();
        await stream.CopyToAsync(bytes, ct);
        return Part(reference.ToString(), ScoreReport.Read(bytes.ToArray(), reference.ToString()), token => store.OpenAsync(rows, token));
    }
}
