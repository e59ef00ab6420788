using Unreel.Artifacts;

namespace Unreel.Serve.Oci;

/// <summary>What a path below <c>/v2/</c> asks for.</summary>
/// <param name="What">The word for it in routes, such as <c>manifests</c>.</param>
/// <param name="Kind">The kind of the artifact; the first half of the repository's name.</param>
/// <param name="Name">The artifact's name; the second half.</param>
/// <param name="Reference">A tag or a digest; <c>list</c> for tags.</param>
internal sealed record OciPath(string What, ArtifactKind Kind, string Name, string Reference)
{
    public const string Manifests = "manifests", Blobs = "blobs", Tags = "tags", Referrers = "referrers";

    /// <summary>The root, by which clients find out whether the API is spoken here.</summary>
    public const string Root = "/v2/";

    private static readonly string[] Words = [Manifests, Blobs, Tags, Referrers];

    /// <summary>The repository, <c>KIND/NAME</c>.</summary>
    public string Repository => $"{ArtifactReference.KindText(Kind)}/{Name}";

    /// <summary>The pattern, for figures and logs.</summary>
    public string Pattern => What == Tags ? "/v2/{name}/tags/list" : $"/v2/{{name}}/{What}/{{reference}}";

    /// <summary>Reads a path.</summary>
    /// <exception cref="OciException">It is none of the API's, or its name is none of ours.</exception>
    public static OciPath Parse(string path)
    {
        string[] parts = path.StartsWith(Root, StringComparison.Ordinal) ? path[Root.Length..].Split('/') : [];
        int word = Array.FindLastIndex(parts, part => Words.Contains(part, StringComparer.Ordinal));
        if (word < 1 || word != parts.Length - 2 || parts[^1].Length == 0 || (parts[word] == Tags && parts[^1] != "list"))
            throw new OciException(StatusCodes.Status404NotFound, "NAME_UNKNOWN", $"There is nothing at {path}.");

        string repository = string.Join('/', parts[..word]);
        return ArtifactReference.TryParse($"{repository}:any", out ArtifactReference? name, out _) && name.Tag == "any"
            ? new OciPath(parts[word], name.Kind, name.Name, parts[^1])
            : throw OciException.NoName(repository);
    }

    /// <summary>The reference as a digest.</summary>
    /// <exception cref="OciException">It is none.</exception>
    public Digest RequireDigest() => Digest.TryParse(Reference, out Digest digest) ? digest : throw OciException.NoDigest(Reference);
}
