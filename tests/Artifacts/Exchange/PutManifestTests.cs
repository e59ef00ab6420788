using System.Text;
using Unreel.Testing;

namespace Unreel.Artifacts.Tests;

/// <summary>Manifests from elsewhere: byte for byte, or not at all.</summary>
public sealed class PutManifestTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ArtifactStore _source, _target;

    public PutManifestTests() => (_source, _target) = (Shelf.Open(_folder, "source"), Shelf.Open(_folder, "target"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_manifest_keeps_its_bytes_whoever_wrote_them()
    {
        string spaced = (await TextAsync(_target)).Replace(",", " ,\n  ", StringComparison.Ordinal);

        StoredManifest put = await _target.PutManifestAsync(Encoding.UTF8.GetBytes(spaced), Shelf.Ct);

        Assert.Equal(Digest.Of(Encoding.UTF8.GetBytes(spaced)), put.Digest);
        Assert.Equal("export", (await _target.ReadAsync(put.Artifact!.Value, Shelf.Ct)).Lineage.Stage);
        Assert.Equal(spaced, Encoding.UTF8.GetString((await _target.ReadManifestAsync(put.Digest, Shelf.Ct))!.Bytes.Span));
    }

    [Theory]
    [InlineData("\"tiny\"", "\"../tiny\"", "is not an artifact reference")]
    [InlineData("\"tiny\"", "\"Tiny\"", "is not a name")]
    [InlineData("\"model.onnx\"", "\"../model.onnx\"", "cannot name a file")]
    [InlineData("\"model.onnx\"", "\"/etc/passwd\"", "it is absolute")]
    [InlineData("\"model.onnx\"", "\"a#b\"", "it has a '#'")]
    [InlineData("\"model.onnx\"", "\"a\\u0000b\"", "control character")]
    [InlineData("\"model.onnx\"", "\".unreel-lock\"", "the store's own")]
    [InlineData("vnd.unreel.onnx.v1", "vnd.unreel.malware.v1", "expected application/vnd.unreel.onnx.v1")]
    [InlineData("vnd.unreel.onnx.v1", "vnd.oci.image.v1", "is of the type")]
    [InlineData("\"schemaVersion\":2", "\"schemaVersion\":1", "is not an OCI image manifest")]
    [InlineData("\"schemaVersion\":2", "\"schemaVersion\":2,\"schemaVersion\":2", "cannot be read")]
    [InlineData("\"size\":5", "\"size\":6", "the manifest would say 6")]
    [InlineData("\"size\":5", "\"size\":-5", "names a blob")]
    [InlineData("\"size\":5", "\"size\":5e99", "cannot be read")]
    [InlineData("\"layers\":[", "\"layers\":[null,", "cannot be read")]
    [InlineData("vnd.unreel.name", "vnd.unreel.nome", "is of the type")]
    [InlineData("sha256:", "sha512:", "cannot be read")]
    [InlineData("{", "[", "cannot be read")]
    public async Task What_a_manifest_must_not_say_is_refused(string good, string bad, string why)
    {
        string text = (await TextAsync(_target)).Replace(good, bad, StringComparison.Ordinal);

        StoreException refused = await Assert.ThrowsAnyAsync<StoreException>(() => _target.PutManifestAsync(Encoding.UTF8.GetBytes(text), Shelf.Ct));

        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.Empty(await _target.ContentAsync());
    }

    [Fact]
    public async Task A_manifest_without_its_blobs_is_refused()
    {
        string text = await TextAsync(null);

        await Assert.ThrowsAsync<BlobMissingException>(() => _target.PutManifestAsync(Encoding.UTF8.GetBytes(text), Shelf.Ct));
    }

    [Fact]
    public async Task A_manifest_of_ten_megabytes_is_refused()
    {
        string text = (await TextAsync(_target)) + new string(' ', 10 << 20);

        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => _target.PutManifestAsync(Encoding.UTF8.GetBytes(text), Shelf.Ct));

        Assert.Contains("at most 4194304", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lineage_that_is_none_is_refused()
    {
        Descriptor config = await _target.AddBytesAsync("{\"options\":3}"u8.ToArray(), Manifest.LineageMediaType, null, Shelf.Ct);
        Manifest manifest = new() { ArtifactType = Manifest.TypeOf(ArtifactKind.Onnx), Config = config, Layers = [], Annotations = new() { [Manifest.NameAnnotation] = "x" } };

        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => _target.PutManifestAsync(CanonicalJson.Write(manifest, "it", 1 << 20), Shelf.Ct));

        Assert.Contains("The lineage of onnx/x@sha256:", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_describes_something_that_is_not_there_is_refused()
    {
        Descriptor config = await _target.AddBytesAsync("{}"u8.ToArray(), Manifest.EmptyMediaType, null, Shelf.Ct);
        Manifest manifest = new() { ArtifactType = "application/x", Config = config, Layers = [], Subject = new() { MediaType = Manifest.ManifestMediaType, Digest = Digest.Of("x"u8), Size = 9 } };

        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => _target.PutManifestAsync(CanonicalJson.Write(manifest, "it", 1 << 20), Shelf.Ct));

        Assert.Contains("which is not in", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5 bytes")]
    [InlineData("seven b")]
    public async Task A_blob_that_is_not_what_was_said_is_not_stored(string bytes)
    {
        Descriptor said = new() { MediaType = "text/plain", Digest = Digest.Of("5 bytes!"u8), Size = 7 };

        await Assert.ThrowsAsync<DigestMismatchException>(() => _target.AddBlobAsync(said, "elsewhere", _ => Task.FromResult<Stream>(new MemoryStream(Encoding.UTF8.GetBytes(bytes))), Shelf.Ct));

        Assert.Null(await _target.SizeAsync(said.Digest, Shelf.Ct));
    }

    [Fact]
    public async Task A_file_that_is_no_manifest_is_not_read_as_one()
    {
        Descriptor file = await _target.AddBytesAsync("{\"a\":1}"u8.ToArray(), "application/json", "a.json", Shelf.Ct);

        Assert.Null(await _target.ReadManifestAsync(file.Digest, Shelf.Ct));
        Assert.Null(await _target.ReadManifestAsync(Digest.Of("absent"u8), Shelf.Ct));
    }

    /// <summary>The text of a manifest whose blobs are in a store.</summary>
    private async Task<string> TextAsync(ArtifactStore? blobsTo)
    {
        ArtifactRef artifact = await _source.PublishAsync("onnx/tiny:latest", "model");
        StoredManifest manifest = (await _source.ReadManifestAsync(artifact.Digest, Shelf.Ct))!;
        foreach (Descriptor blob in manifest.Blobs)
        {
            if (blobsTo is not null)
                await blobsTo.AddBlobAsync(blob, "source", token => _source.OpenAsync(blob, token), Shelf.Ct);
        }

        return Encoding.UTF8.GetString(manifest.Bytes.Span);
    }
}
