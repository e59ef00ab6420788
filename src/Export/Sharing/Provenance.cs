using Unreel.Artifacts;

namespace Unreel.Export;

/// <summary>The folder <c>unreel</c> in forms of others': the manifest, the lineage and the files that the form has no place for, by which the artifact comes back with its digest.</summary>
internal static class Provenance
{
    /// <summary>The folder.</summary>
    public const string Folder = "unreel";

    private const string ManifestFile = "manifest.json", LineageFile = "lineage.json", Files = "files";

    /// <summary>Where a file goes that the form has no place for.</summary>
    public static string FileOf(string root, Descriptor layer) => Path.Combine(root, Folder, Files, layer.Title ?? layer.Digest.Hex);

    /// <summary>Where the manifest is.</summary>
    public static string ManifestOf(string root) => Path.Combine(root, Folder, ManifestFile);

    /// <summary>Where the lineage is.</summary>
    public static string LineageOf(string root) => Path.Combine(root, Folder, LineageFile);

    /// <summary>Writes manifest and lineage.</summary>
    public static async Task WriteAsync(IArtifactStore store, StoredManifest manifest, string root, CancellationToken ct)
    {
        Directory.CreateDirectory(Path.Combine(root, Folder));
        await File.WriteAllBytesAsync(ManifestOf(root), manifest.Bytes.ToArray(), ct);
        await using Stream lineage = await store.OpenAsync(manifest.Manifest.Config, ct);
        await using FileStream output = new(LineageOf(root), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, useAsync: true);
        await lineage.CopyToAsync(output, ct);
    }
}
