namespace Unreel.Artifacts;

/// <summary>Where things are in an OCI image layout. Every path is made here, of fixed words and hexadecimal digits: nothing that a layout says becomes a path.</summary>
internal static class LayoutPaths
{
    public const string Marker = "oci-layout";
    public const string Index = "index.json";
    public const string Blobs = "blobs";
    public const string Digests = "blobs/sha256";

    /// <summary>The marker's content, in the version that is written and read.</summary>
    public static readonly byte[] MarkerBytes = """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray();

    public static string Blob(Digest digest) => $"{Digests}/{digest.Hex}";
}

/// <summary>The marker of a layout.</summary>
internal sealed record LayoutMarker
{
    /// <summary>The only version there is.</summary>
    public const string Known = "1.0.0";

    /// <summary>The layout's version.</summary>
    public required string ImageLayoutVersion { get; init; }
}
