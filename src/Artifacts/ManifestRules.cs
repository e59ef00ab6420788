using System.Text.Json;
using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts;

/// <summary>What a manifest must be before anything it names is believed.</summary>
internal static class ManifestRules
{
    /// <summary>Reads a manifest and checks everything that can be checked without its blobs.</summary>
    public static Manifest Read(byte[] bytes, string what)
    {
        Manifest manifest = CanonicalJson.Read<Manifest>(bytes, what);
        if (manifest.SchemaVersion != 2 || manifest.MediaType != Manifest.ManifestMediaType)
            throw new StoreException($"{what} is not an OCI image manifest: schemaVersion {manifest.SchemaVersion}, mediaType '{manifest.MediaType}'.");

        foreach (Descriptor blob in CanonicalJson.Filled(manifest.Layers, what).Append(manifest.Config))
        {
            if (blob.Size < 0 || blob.Digest == default)
                throw new StoreException($"{what} names a blob '{blob.Digest}' of {blob.Size} bytes.");
        }

        CheckTitles(manifest.Layers);
        return manifest;
    }

    /// <summary>Whether a manifest is that of the artifact it was asked for as.</summary>
    public static bool Names(Manifest manifest, ArtifactRef artifact) =>
        manifest.ArtifactType == Manifest.TypeOf(artifact.Kind) && NameOf(manifest) == artifact.Name;

    /// <summary>Refuses titles that lead out of a folder, and two files of one name.</summary>
    public static void CheckTitles(IReadOnlyList<Descriptor> layers)
    {
        string[] titles = [.. layers.Select(l => l.Title).OfType<string>().Select(StorePaths.Title)];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string title in titles)
        {
            if (!seen.Add(title))
                throw new StoreException($"Two files of the artifact are named '{title}'.");
        }

        foreach (string title in titles)
        {
            for (int slash = title.LastIndexOf('/'); slash > 0; slash = title.LastIndexOf('/', slash - 1))
            {
                if (seen.Contains(title[..slash]))
                    throw new StoreException($"'{title[..slash]}' is a file of the artifact and also the folder of '{title}'.");
            }
        }
    }

    /// <summary>The artifact that a manifest says it is of; null where it says none.</summary>
    public static ArtifactRef? ArtifactOf(Manifest manifest, Digest digest)
    {
        foreach (ArtifactKind kind in Enum.GetValues<ArtifactKind>())
        {
            if (manifest.ArtifactType == Manifest.TypeOf(kind) && NameOf(manifest) is { } name)
                return new ArtifactRef(kind, StorePaths.Name(kind, name), digest);
        }

        return null;
    }

    private static string? NameOf(Manifest manifest) => manifest.Annotations?.GetValueOrDefault(Manifest.NameAnnotation);

    /// <summary>Whether bytes call themselves a manifest; any file of an artifact may be JSON too.</summary>
    public static bool LooksLikeManifest(byte[] bytes)
    {
        if (bytes is not [(byte)'{', ..])
            return false;

        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            return document.RootElement.TryGetProperty("mediaType", out JsonElement type)
                && type.ValueKind == JsonValueKind.String
                && type.GetString() == Manifest.ManifestMediaType;
        }
        catch (JsonException)
        {
            // Any file of an artifact may begin with a brace.
            return false;
        }
    }
}
