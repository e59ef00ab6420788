using Unreel.Artifacts;

namespace Unreel.Serve.Oci;

/// <summary>Sends manifests, byte for byte.</summary>
internal static class OciManifests
{
    /// <summary>The header that says which digest an answer has.</summary>
    public const string DigestHeader = "Docker-Content-Digest";

    public static async Task SendAsync(HttpContext context, IArtifactStore store, OciPath asked)
    {
        StoredManifest manifest = await FindAsync(store, asked, context.RequestAborted) ?? throw OciException.NoManifest(asked.Repository, asked.Reference);
        if (IsKnown(context, manifest.Digest))
            return;

        context.Response.ContentType = Manifest.ManifestMediaType;
        context.Response.ContentLength = manifest.Bytes.Length;
        if (HttpMethods.IsGet(context.Request.Method))
            await context.Response.Body.WriteAsync(manifest.Bytes, context.RequestAborted);
    }

    /// <summary>Names the digest, and answers 304 where the caller has it.</summary>
    public static bool IsKnown(HttpContext context, Digest digest)
    {
        string tag = $"\"{digest}\"";
        context.Response.Headers[DigestHeader] = digest.ToString();
        context.Response.Headers.ETag = tag;
        bool isKnown = context.Request.Headers.IfNoneMatch.SelectMany(value => (value ?? string.Empty).Split(',')).Any(value => value.Trim() is "*" || value.Trim().TrimStart('W', '/') == tag);
        if (isKnown)
            context.Response.StatusCode = StatusCodes.Status304NotModified;

        return isKnown;
    }

    /// <summary>The manifest of an artifact of this name, or of what describes one.</summary>
    private static async Task<StoredManifest?> FindAsync(IArtifactStore store, OciPath asked, CancellationToken ct)
    {
        if (asked.Reference.Contains(':', StringComparison.Ordinal))
            return await FindAsync(store, asked, asked.RequireDigest(), ct);

        // What is no tag of ours is the name of nothing.
        return ArtifactReference.TryParse($"{asked.Repository}:{asked.Reference}", out ArtifactReference? reference, out _) && await store.FindAsync(reference, ct) is { } found
            ? await store.ReadManifestAsync(found.Digest, ct)
            : null;
    }

    private static async Task<StoredManifest?> FindAsync(IArtifactStore store, OciPath asked, Digest digest, CancellationToken ct)
    {
        if (await store.ReadManifestAsync(digest, ct) is not { } manifest)
            return null;

        ArtifactRef described = new(asked.Kind, asked.Name, manifest.Manifest.Subject?.Digest ?? digest);
        return await store.FindAsync(ArtifactReference.To(described), ct) is not null ? manifest : null;
    }
}
