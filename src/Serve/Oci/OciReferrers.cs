using Unreel.Artifacts;

namespace Unreel.Serve.Oci;

/// <summary>Lists what describes an artifact: run records and signatures.</summary>
internal static class OciReferrers
{
    public static async Task SendAsync(HttpContext context, IArtifactStore store, OciPath asked)
    {
        CancellationToken ct = context.RequestAborted;
        Digest subject = asked.RequireDigest();
        string? only = context.Request.Query["artifactType"];
        List<OciEntry> entries = [];

        // As the specification has it: nothing is known of what is not there, which is an empty list.
        if (await store.FindAsync(ArtifactReference.To(new ArtifactRef(asked.Kind, asked.Name, subject)), ct) is not null)
        {
            await foreach (Referrer referrer in store.ListReferrersAsync(subject, ct))
            {
                if (string.IsNullOrEmpty(only) || referrer.Manifest.ArtifactType == only)
                    entries.Add(EntryOf(referrer));
            }
        }

        if (!string.IsNullOrEmpty(only))
            context.Response.Headers["OCI-Filters-Applied"] = "artifactType";

        byte[] index = new OciIndex { Manifests = entries }.ToBytes();
        context.Response.ContentType = OciIndex.IndexMediaType;
        context.Response.ContentLength = index.Length;
        if (HttpMethods.IsGet(context.Request.Method))
            await context.Response.Body.WriteAsync(index, ct);
    }

    private static OciEntry EntryOf(Referrer referrer) => new()
    {
        MediaType = Manifest.ManifestMediaType,
        Digest = referrer.Digest,
        Size = referrer.Size,
        ArtifactType = referrer.Manifest.ArtifactType,
        Annotations = referrer.Manifest.Annotations,
    };
}
