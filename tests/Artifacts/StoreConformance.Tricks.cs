using System.Text;
using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts.Tests;

/// <summary>Manifests, lineages and markers that somebody else wrote into the store: refused with a message that names them.</summary>
public abstract partial class StoreConformance
{
    private static string ManifestOf(string layers, string? config = null, string name = "tiny", string more = "") =>
        $$"""{"annotations":{"vnd.unreel.name":"{{name}}"},"artifactType":"application/vnd.unreel.weights.v1","config":{{config ?? "CONFIG"}},"layers":[{{layers}}],"mediaType":"application/vnd.oci.image.manifest.v1+json","schemaVersion":2{{more}}}""";

    private static string LayerOf(string title, string digest, string size) =>
        $$"""{"annotations":{"org.opencontainers.image.title":"{{title}}"},"digest":"{{digest}}","mediaType":"x/y","size":{{size}}}""";

    /// <summary>Writes a manifest behind the store's back, listed as if it had been published.</summary>
    private async Task<ArtifactRef> SmuggleAsync(string manifest, string lineage = """{"stage":"put"}""")
    {
        Descriptor config = await Store.AddBytesAsync(Encoding.UTF8.GetBytes(lineage), Manifest.LineageMediaType, null, Ct);
        string described = $$"""{"digest":"{{config.Digest}}","mediaType":"application/vnd.unreel.lineage.v1+json","size":{{config.Size}}}""";
        byte[] bytes = Encoding.UTF8.GetBytes(manifest.Replace("CONFIG", described, StringComparison.Ordinal));
        ArtifactRef artifact = new(ArtifactKind.Weights, "tiny", Digest.Of(bytes));
        await Blobs.PutAsync(StorePaths.Blob(artifact.Digest), BlobSource.Of(bytes), Ct);
        await Blobs.PutAsync(StorePaths.Manifest(artifact), BlobSource.Of(default), Ct);
        return artifact;
    }

    [StoreTheory]
    [InlineData("../x")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../x")]
    [InlineData("a#b")]
    [InlineData("a\\\\b")]
    [InlineData("a\\u0000b")]
    [InlineData("a\\ud800b")]
    [InlineData(".unreel-artifact")]
    public async Task Titles_in_manifests_of_others_are_refused(string title)
    {
        Descriptor good = await Store.AddBytesAsync("x"u8.ToArray(), "x/y", null, Ct);
        ArtifactRef artifact = await SmuggleAsync(ManifestOf(LayerOf(title, good.Digest.ToString(), "1")));

        await RequireRefusedAsync(artifact);
    }

    public static TheoryData<string> Manifests { get; } =
    [
        "rubbish",
        "{}",
        "[]",
        "null",
        ManifestOf(LayerOf("a", "sha256:../../x", "1")),
        ManifestOf(LayerOf("a", "SHA256:" + new string('A', 64), "1")),
        ManifestOf(LayerOf("a", "sha256:" + new string('a', 64), "-1")),
        ManifestOf(LayerOf("a", "sha256:" + new string('a', 64), "99999999999999999999999")),
        ManifestOf(LayerOf("a", "sha256:" + new string('a', 64), "1") + "," + LayerOf("a", "sha256:" + new string('b', 64), "1")),
        ManifestOf(LayerOf("a", "sha256:" + new string('a', 64), "1") + "," + LayerOf("a/b", "sha256:" + new string('b', 64), "1")),
        ManifestOf("null"),
        ManifestOf(string.Empty, config: "null"),
        ManifestOf(string.Empty, name: "other"),
        ManifestOf(string.Empty, name: "../tiny"),
        ManifestOf(string.Empty, more: ",\"schemaVersion\":2"),
        ManifestOf(string.Empty).Replace("\"schemaVersion\":2", "\"schemaVersion\":1", StringComparison.Ordinal),
        ManifestOf(string.Empty, more: ",\"x\":" + string.Concat(Enumerable.Repeat("[", 200)) + string.Concat(Enumerable.Repeat("]", 200))),
    ];

    [StoreTheory]
    [MemberData(nameof(Manifests))]
    public async Task Manifests_that_lie_are_refused(string manifest) => await RequireRefusedAsync(await SmuggleAsync(manifest));

    [StoreTheory]
    [InlineData("rubbish")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"stage":"put","inputs":[null]}""")]
    [InlineData("""{"stage":"put","inputs":[{"option":"a","reference":"b","digest":"sha256:x"}]}""")]
    [InlineData("""{"stage":"put","inputs":[{"option":null,"reference":"b","digest":"sha256:0000000000000000000000000000000000000000000000000000000000000000"}]}""")]
    [InlineData("""{"stage":"put","metrics":{"a":"NaN"}}""")]
    public async Task Lineages_that_are_none_are_refused(string lineage) => await RequireRefusedAsync(await SmuggleAsync(ManifestOf(string.Empty), lineage));

    [StoreFact]
    public async Task A_manifest_of_ten_megabytes_is_refused()
    {
        ArtifactRef artifact = await SmuggleAsync(ManifestOf(string.Empty, more: $",\"x\":\"{new string('x', 10 << 20)}\""));

        await RequireRefusedAsync(artifact);
    }

    [StoreTheory]
    [InlineData("manifests/weights/UPPER/0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("manifests/weights/tiny/short")]
    [InlineData("manifests/nothing/tiny/0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("tags/weights/tiny/.hidden")]
    [InlineData("tags/weights/a b/latest")]
    [InlineData("referrers/short/0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("runs/someday")]
    public async Task Strangers_are_left_aside_and_named_by_verifying(string path)
    {
        ArtifactRef good = await PublishTaggedAsync("good", "latest", "1");
        await Blobs.WriteAsync(path, default, Ct);

        Assert.Equal(good, Assert.Single(await ToListAsync(Store.ListReferencesAsync(null, Ct))));
        Assert.Single(await ToListAsync(Store.ListTagsAsync(null, Ct)));
        Assert.Empty(await Store.ListPipelineRunsAsync(Ct));
        Assert.Equal((VerifiedKind.Foreign, path), ((await BrokenAsync()).Single().Kind, (await BrokenAsync()).Single().Name));
    }

    /// <summary>Reading says why, the index goes on without it, and a collection deletes nothing while it is listed.</summary>
    private async Task RequireRefusedAsync(ArtifactRef artifact)
    {
        await Assert.ThrowsAnyAsync<StoreException>(() => Store.ReadAsync(artifact, Ct));
        Assert.NotEmpty(await Store.VerifyAsync(artifact, deep: false, Ct));
        using ArtifactIndex index = NewIndex();
        Assert.Equal(artifact, Assert.Single((await index.GetAsync(Ct)).Broken).Artifact);
    }
}
