using System.Text;
using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts.Tests;

/// <summary>Every read checks its digest, and right bytes mend a damaged blob.</summary>
public abstract partial class StoreConformance
{
    [StoreTheory]
    [InlineData("wEights")]
    [InlineData("weight")]
    [InlineData("weights and more")]
    [InlineData("")]
    public async Task Damaged_bytes_are_never_read_to_the_end(string damage)
    {
        ArtifactRef artifact = await PublishAsync(content: "weights");
        Descriptor layer = (await Store.ReadAsync(artifact, Ct)).Manifest.Layers[0];
        await DamageAsync(layer.Digest, damage);

        DigestMismatchException e = await Assert.ThrowsAsync<DigestMismatchException>(() => TextAsync(layer));

        Assert.Contains(layer.Digest.ToString(), e.Message, StringComparison.Ordinal);
        string line = Assert.Single(await Store.VerifyAsync(artifact, deep: true, Ct));
        Assert.Contains("model.safetensors", line, StringComparison.Ordinal);
    }

    [StoreFact]
    public async Task Whoever_reads_exactly_the_named_size_is_warned_too()
    {
        Descriptor layer = await Store.AddBytesAsync("weights"u8.ToArray(), "text/plain", "a", Ct);
        await DamageAsync(layer.Digest, "wEights");
        await using Stream stream = await Store.OpenAsync(layer, Ct);

        await Assert.ThrowsAsync<DigestMismatchException>(async () => await stream.ReadExactlyAsync(new byte[layer.Size], Ct));
    }

    [StoreFact]
    public async Task A_damaged_manifest_is_not_believed()
    {
        ArtifactRef artifact = await PublishAsync();
        await DamageAsync(artifact.Digest, "{}");

        await Assert.ThrowsAsync<DigestMismatchException>(() => Store.ReadAsync(artifact, Ct));
        Assert.Single(await Store.VerifyAsync(artifact, deep: false, Ct));
    }

    [StoreFact]
    public async Task Right_bytes_replace_a_blob_found_damaged()
    {
        ArtifactRef artifact = await PublishAsync(content: "weights");
        Descriptor layer = (await Store.ReadAsync(artifact, Ct)).Manifest.Layers[0];
        await DamageAsync(layer.Digest, "wEights");
        Assert.NotEmpty(await Store.VerifyAsync(artifact, deep: true, Ct));

        await PublishAsync(content: "weights");

        Assert.Equal("weights", await TextAsync(layer));
        Assert.Empty(await Store.VerifyAsync(artifact, deep: true, Ct));
    }

    [StoreFact]
    public async Task A_missing_blob_is_named()
    {
        ArtifactRef artifact = await PublishAsync();
        Descriptor layer = (await Store.ReadAsync(artifact, Ct)).Manifest.Layers[0];
        await Blobs.DeleteAsync(StorePaths.Blob(layer.Digest), Ct);

        await Assert.ThrowsAsync<BlobMissingException>(() => Store.OpenAsync(layer, Ct));
        Assert.Contains("missing", Assert.Single(await Store.VerifyAsync(artifact, deep: false, Ct)), StringComparison.Ordinal);
    }

    [StoreFact]
    public async Task A_put_never_replaces()
    {
        Assert.True(await Blobs.PutAsync("blobs/x", BlobSource.Of("one"u8.ToArray()), Ct));
        Assert.False(await Blobs.PutAsync("blobs/x", BlobSource.Of("two"u8.ToArray()), Ct));

        Assert.Equal("one"u8.ToArray(), (await Blobs.ReadAsync("blobs/x", 100, Ct))!.Bytes);
    }

    [StoreFact]
    public async Task Of_many_putters_one_makes_the_blob()
    {
        bool[] made = await Task.WhenAll(Enumerable.Range(0, 12).Select(
            i => Task.Run(() => Blobs.PutAsync("blobs/x", BlobSource.Of(Encoding.ASCII.GetBytes($"{i:00}")), Ct))));

        Assert.Single(made, true);
        byte[] bytes = (await Blobs.ReadAsync("blobs/x", 100, Ct))!.Bytes;
        Assert.Equal(Array.IndexOf(made, true).ToString("00", System.Globalization.CultureInfo.InvariantCulture), Encoding.ASCII.GetString(bytes));
    }

    [StoreFact]
    public async Task A_range_is_read_as_asked()
    {
        await Blobs.PutAsync("blobs/x", BlobSource.Of("0123456789"u8.ToArray()), Ct);

        await using Stream part = (await Blobs.OpenAsync("blobs/x", 3, 4, Ct))!;
        using StreamReader reader = new(part);

        Assert.Equal("3456", await reader.ReadToEndAsync(Ct));
        Assert.Null(await Blobs.OpenAsync("blobs/y", 0, null, Ct));
    }

    [StoreTheory]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("/etc/passwd")]
    [InlineData("a\\b")]
    [InlineData("a#b")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("a//b")]
    [InlineData("./a")]
    [InlineData("a/")]
    [InlineData("C:/x")]
    [InlineData("")]
    [InlineData(".unreel-artifact")]
    public async Task Titles_that_lead_elsewhere_are_refused(string title)
    {
        await Assert.ThrowsAsync<StoreException>(() => Store.AddBytesAsync("x"u8.ToArray(), "text/plain", title, Ct));
        Descriptor good = await Store.AddBytesAsync("x"u8.ToArray(), "text/plain", "x", Ct);
        Descriptor bad = good with { Annotations = new() { [Descriptor.TitleAnnotation] = title } };
        await Assert.ThrowsAsync<StoreException>(() => Store.PublishAsync(ArtifactKind.Clips, "x", Made(), [bad], Ct));
    }

    [StoreFact]
    public async Task A_title_that_is_no_text_is_refused()
    {
        // Not inline data: attributes cannot carry half a surrogate pair.
        await Assert.ThrowsAsync<StoreException>(() => Store.AddBytesAsync("x"u8.ToArray(), "text/plain", "a\ud800b", Ct));
    }

    [StoreTheory]
    [InlineData("../x")]
    [InlineData("a/../x")]
    [InlineData("/x")]
    [InlineData("a//b")]
    [InlineData("a b")]
    [InlineData("a#b")]
    [InlineData(".hidden")]
    [InlineData("")]
    public async Task Record_paths_that_lead_elsewhere_are_refused(string path)
    {
        await Assert.ThrowsAsync<StoreException>(() => Store.ReadRecordAsync(path, Ct));
        await Assert.ThrowsAsync<StoreException>(() => Store.WriteRecordAsync(path, "x"u8.ToArray(), Ct));
    }

    [StoreTheory]
    [InlineData("../x", "latest")]
    [InlineData("Upper", "latest")]
    [InlineData("", "latest")]
    [InlineData("x/y", "latest")]
    [InlineData("x", "../latest")]
    [InlineData("x", "a/b")]
    [InlineData("x", "")]
    [InlineData("x", "..")]
    public async Task Names_and_tags_that_lead_elsewhere_are_refused(string name, string tag)
    {
        await Assert.ThrowsAsync<StoreException>(() => Store.ReadTagAsync(ArtifactKind.Clips, name, tag, Ct));
        await Assert.ThrowsAsync<StoreException>(() => Store.TryMoveTagAsync(ArtifactKind.Clips, name, tag, Digest.Of("x"u8), null, Ct));
    }
}
