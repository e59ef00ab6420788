using Unreel.Artifacts;

namespace Unreel.Serve.Registry;

/// <summary>Small files of artifacts, read whole and checked.</summary>
internal static class LayerBytes
{
    /// <summary>Reads a file; its digest is checked before anything of it is shown.</summary>
    /// <exception cref="StoreException">It is missing or damaged.</exception>
    public static async Task<byte[]> ReadAsync(IArtifactStore store, Descriptor layer, CancellationToken ct)
    {
        await using Stream content = await store.OpenAsync(layer, ct);
        byte[] bytes = new byte[layer.Size];
        try
        {
            await content.ReadExactlyAsync(bytes, ct);
        }
        catch (EndOfStreamException problem)
        {
            throw new StoreException($"The blob {layer.Digest} ends before its {layer.Size} bytes.", problem);
        }

        return bytes;
    }
}
