using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts.Tests;

/// <content>Looking into blobs without fetching them.</content>
public abstract partial class StoreConformance
{
    [StoreFact]
    public async Task A_view_reads_here_and_there()
    {
        byte[] bytes = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * 7))];
        Descriptor blob = await Store.AddBytesAsync(bytes, "application/octet-stream", "large.bin", Ct);

        await using Stream view = await Store.OpenViewAsync(blob, Ct);
        await using Stream parts = new PartsStream(Store, blob, Ct);

        foreach (Stream stream in (Stream[])[view, parts])
        {
            Assert.Equal(bytes.Length, stream.Length);
            foreach (int start in (int[])[199_990, 0, 65_530, 131_072, 3])
            {
                byte[] read = new byte[Math.Min(20, bytes.Length - start)];
                stream.Position = start;
                stream.ReadExactly(read);
                Assert.Equal(bytes.AsSpan(start, read.Length).ToArray(), read);
            }

            stream.Position = bytes.Length;
            Assert.Equal(-1, stream.ReadByte());
        }
    }

    [StoreFact]
    public async Task A_view_of_what_is_not_there_says_so()
    {
        Descriptor absent = new() { MediaType = "application/octet-stream", Digest = Digest.Of("absent"u8), Size = 6, Annotations = null };

        await Assert.ThrowsAsync<BlobMissingException>(async () =>
        {
            await using Stream view = await Store.OpenViewAsync(absent, Ct);
            view.ReadByte();
        });
    }

    [StoreFact]
    public async Task A_view_of_a_blob_of_another_size_says_so()
    {
        Descriptor blob = await Store.AddBytesAsync(new byte[100_000], "application/octet-stream", "cut.bin", Ct);
        await DamageAsync(blob.Digest, "short");

        await Assert.ThrowsAsync<StoreException>(async () =>
        {
            await using Stream view = await Store.OpenViewAsync(blob, Ct);
            view.ReadExactly(new byte[10]);
        });
    }
}
