using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Unreel.Artifacts.Blobs;

/// <summary>The layout of a store; README.md in this project says what each folder is for.</summary>
internal static partial class StorePaths
{
    /// <summary>Longest title or record path, in characters.</summary>
    public const int MaxPathChars = 512;

    /// <summary>Names that begin so are the store's own and never an artifact's.</summary>
    public const string Reserved = ".unreel-";

    /// <summary>The stored index.</summary>
    public const string Index = "index/artifacts.jsonl.gz";

    /// <summary>The folder of the runs' markers.</summary>
    public const string Runs = "runs/";

    private const string RunTime = "yyyyMMdd'T'HHmmssfff'Z'";

    public static string Blob(Digest digest) => $"blobs/sha256/{digest.Hex[..2]}/{digest.Hex}";

    public static string Tag(ArtifactKind kind, string name, string tag)
    {
        ArtifactReference reference = Checked(() => ArtifactReference.ToTag(kind, name, tag));
        return $"{Tags(kind)}{reference.Name}/{reference.Tag}";
    }

    public static string Tags(ArtifactKind kind) => $"tags/{ArtifactReference.KindText(kind)}/";

    public static string Manifest(ArtifactRef artifact) => $"{Manifests(artifact.Kind)}{Name(artifact.Kind, artifact.Name)}/{artifact.Digest.Hex}";

    public static string Manifests(ArtifactKind kind) => $"manifests/{ArtifactReference.KindText(kind)}/";

    public static string Referrer(Digest subject, Digest referrer) => $"{Referrers(subject)}{referrer.Hex}";

    public static string Referrers(Digest subject) => $"referrers/{subject.Hex}/";

    /// <summary>The marker of a run's record; ordered by time.</summary>
    public static string Run(PipelineRunRef run) => $"{Runs}{run.Started.UtcDateTime.ToString(RunTime, CultureInfo.InvariantCulture)}-{run.Digest.Hex}";

    /// <summary>Reads the name of such a marker.</summary>
    public static bool TryRun(string path, out PipelineRunRef run)
    {
        string[] parts = path[(path.LastIndexOf('/') + 1)..].Split('-');
        run = default;
        if (parts is not [var time, var hex] || !Digest.TryParse($"sha256:{hex}", out Digest digest)
            || !DateTime.TryParseExact(time, RunTime, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime started))
            return false;

        run = new PipelineRunRef(new DateTimeOffset(started), digest);
        return true;
    }

    /// <summary>The tags of an artifact's name.</summary>
    public static string TagsOf(ArtifactRef artifact) => $"{Tags(artifact.Kind)}{Name(artifact.Kind, artifact.Name)}/";

    /// <summary>Reads the path of a blob.</summary>
    public static bool TryBlob(string path, out Digest digest)
    {
        digest = default;
        return path.Split('/') is ["blobs", "sha256", var two, var hex]
            && Digest.TryParse($"sha256:{hex}", out digest) && hex.StartsWith(two, StringComparison.Ordinal) && two.Length == 2;
    }

    /// <summary>Reads the path of an artifact's marker.</summary>
    public static bool TryManifest(string path, out ArtifactRef artifact)
    {
        artifact = default;
        if (path.Split('/') is not ["manifests", var kind, var name, var hex]
            || !ArtifactReference.TryParse($"{kind}/{name}@sha256:{hex}", out ArtifactReference? reference, out _))
            return false;

        artifact = new ArtifactRef(reference.Kind, reference.Name, reference.Digest!.Value);
        return true;
    }

    /// <summary>Reads the path of a referrer's marker.</summary>
    public static bool TryReferrer(string path, out Digest subject, out Digest referrer)
    {
        (subject, referrer) = (default, default);
        return path.Split('/') is ["referrers", var of, var hex]
            && Digest.TryParse($"sha256:{of}", out subject) && Digest.TryParse($"sha256:{hex}", out referrer);
    }

    /// <summary>Reads the path of a tag.</summary>
    public static bool TryTag(string path, [NotNullWhen(true)] out ArtifactReference? tag)
    {
        tag = null;
        return path.Split('/') is ["tags", var kind, var name, var value]
            && ArtifactReference.TryParse($"{kind}/{name}:{value}", out tag, out _) && tag.Tag == value;
    }

    public static string Record(string path)
    {
        bool good = path is { Length: > 0 and <= MaxPathChars } && path.Split('/').All(part => RecordPart().IsMatch(part));
        return good
            ? $"records/{path}"
            : throw new StoreException($"'{Printable(path)}' is not a record's path: expected parts of letters, digits and . _ - (not beginning with '.') divided by '/', at most {MaxPathChars} characters.");
    }

    /// <summary>Gives a name back if it is one.</summary>
    public static string Name(ArtifactKind kind, string name) => Checked(() => ArtifactReference.ToTag(kind, name)).Name;

    /// <summary>Gives a layer's title back if it is a path that stays inside the folder it is put in.</summary>
    public static string Title(string title)
    {
        string? why = WhyNoTitle(title);
        return why is null ? title : throw new StoreException($"'{Printable(title)}' cannot name a file of an artifact: {why}. Expected a relative path with forward slashes.");
    }

    private static string? WhyNoTitle(string title) => title switch
    {
        null or "" => "it is empty",
        { Length: > MaxPathChars } => $"it has more than {MaxPathChars} characters",
        ['/', ..] => "it is absolute",
        [_, ':', ..] => "it begins like a drive",
        _ when title.Contains('\\', StringComparison.Ordinal) => "it has a backslash",
        _ when title.Contains('#', StringComparison.Ordinal) => "it has a '#'",
        _ when title.Any(c => char.IsControl(c)) => "it has a control character",
        _ when !title.IsWellFormed() => "it is not well-formed Unicode",
        _ when title.Split('/').Any(part => part is "" or "." or "..") => "it has an empty part, '.' or '..'",
        _ when title.StartsWith(Reserved, StringComparison.Ordinal) => $"names beginning with {Reserved} are the store's own",
        _ => null,
    };

    private static bool IsWellFormed(this string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text, i))
                i++;
            else if (char.IsSurrogate(text[i]))
                return false;
        }

        return true;
    }

    private static string Printable(string? text) =>
        new([.. (text ?? string.Empty).Take(80).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)]);

    private static ArtifactReference Checked(Func<ArtifactReference> make)
    {
        try
        {
            return make();
        }
        catch (FormatException e)
        {
            throw new StoreException(e.Message, e);
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_-][A-Za-z0-9._-]*\z")]
    private static partial Regex RecordPart();
}
