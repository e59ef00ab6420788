using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Serve.Scoring;

/// <summary>Where rows go: a file, and for an artifact the store afterwards.</summary>
/// <param name="File">The file.</param>
/// <param name="Format">The form of its rows.</param>
/// <param name="Artifact">The tag to publish it under; null for a file of the user's.</param>
internal sealed record ScoreTarget(string File, string Format, ArtifactReference? Artifact)
{
    private const string FileName = "scores";

    /// <summary>What people call it.</summary>
    public string Name => Artifact?.ToString() ?? File;

    /// <summary>The file that says what the rows are of, how many there are and how good the model is.</summary>
    public string Report => File + ".report.json";

    /// <summary>The picture of the confusion.</summary>
    public string Confusion => File + ".confusion.svg";

    /// <summary>The list of the videos that could not be read: a file that is itself a list of videos.</summary>
    public string Failures => File + ".failed.csv";

    /// <summary>Removes what was published, and the folder if that was all: rows of another form, whose run was stopped, stay.</summary>
    public void Clear()
    {
        foreach (string file in new[] { File, Report, Confusion, Failures })
            System.IO.File.Delete(file);

        string folder = Path.GetDirectoryName(File)!;
        if (!Directory.EnumerateFileSystemEntries(folder).Any())
            Directory.Delete(folder);
    }

    /// <summary>Reads an output's name.</summary>
    /// <param name="output">A file or an artifact.</param>
    /// <param name="format">The form, where it is named apart.</param>
    /// <param name="shard">The part of the work, which is named in the output's name; null for all.</param>
    /// <param name="store">The store for an artifact.</param>
    /// <param name="work">The folder for an artifact's rows; null for the default.</param>
    /// <exception cref="UsageException">It is neither, or the store is not there.</exception>
    public static ScoreTarget Parse(string output, string? format, ShardChoice? shard, IArtifactStore? store, string? work)
    {
        string extension = Path.GetExtension(output);
        string? named = extension.Equals(".csv", StringComparison.OrdinalIgnoreCase) ? ScoreFormats.Csv
            : extension.Equals(".jsonl", StringComparison.OrdinalIgnoreCase) ? ScoreFormats.Jsonl
            : null;
        if (named is null && ArtifactReference.TryParse(output, out ArtifactReference? reference, out _))
            return OfArtifact(reference, format ?? ScoreFormats.Csv, shard, store, work);
        if (named is null)
            throw new UsageException($"The output {output} ends in neither .csv nor .jsonl, and is no artifact scores/name:tag.");
        if (format is not null && format != named)
            throw new UsageException($"The output {output} ends in {extension}, but the format is {format}.");
        if (Directory.Exists(output))
            throw new UsageException($"The output {output} is a folder; expected a file.");

        return new ScoreTarget(shard is null ? output : $"{output[..^extension.Length]}.{shard}{extension}", named, null);
    }

    private static ScoreTarget OfArtifact(ArtifactReference reference, string format, ShardChoice? shard, IArtifactStore? store, string? work)
    {
        if (reference.Kind != ArtifactKind.Scores || reference.Tag is not { } tag)
            throw new UsageException($"The output {reference} is no artifact to write; expected scores/name:tag.");
        if (store is null)
            throw new UsageException($"The output {reference} is an artifact, but no store was named.");

        ArtifactReference target = shard is null ? reference : ArtifactReference.ToTag(reference.Kind, reference.Name, $"{tag}.{shard}");
        string root = work ?? Path.Combine(InFolder(store) ? store.Location : Path.GetFullPath(".unreel"), "work");
        return new ScoreTarget(Path.Combine(root, $"score-{target.Name}-{target.Tag}", $"{FileName}.{format}"), format, target);
    }

    private static bool InFolder(IArtifactStore store) => store.LocalFile(Digest.Of([])) is not null && Path.IsPathRooted(store.Location);
}
