namespace Unreel.Artifacts.Tests;

/// <summary>Tags move by compare-and-swap.</summary>
public abstract partial class StoreConformance
{
    [StoreFact]
    public async Task A_tag_is_made_once_and_moved_only_from_where_it_was_seen()
    {
        ArtifactRef one = await PublishAsync(content: "one");
        ArtifactRef two = await PublishAsync(content: "two");

        Assert.True(await Store.TryMoveTagAsync(one.Kind, one.Name, "latest", one.Digest, null, Ct));
        Assert.False(await Store.TryMoveTagAsync(one.Kind, one.Name, "latest", two.Digest, null, Ct));
        Tag seen = (await Store.ReadTagAsync(one.Kind, one.Name, "latest", Ct))!;
        Assert.True(await Store.TryMoveTagAsync(one.Kind, one.Name, "latest", two.Digest, seen, Ct));
        Assert.False(await Store.TryMoveTagAsync(one.Kind, one.Name, "latest", one.Digest, seen, Ct));
        Assert.Equal(two, await Store.FindAsync(ArtifactReference.Parse("weights/tiny:latest"), Ct));
        Assert.Equal(two, await Store.FindAsync(ArtifactReference.Parse("weights/tiny"), Ct));
    }

    [StoreFact]
    public async Task A_tag_cannot_be_moved_before_it_exists_nor_to_nothing()
    {
        ArtifactRef artifact = await PublishAsync();
        Tag imagined = new(artifact.Kind, artifact.Name, "latest", artifact.Digest, "\"0x8D0000000000000\"");

        Assert.False(await Store.TryMoveTagAsync(artifact.Kind, artifact.Name, "latest", artifact.Digest, imagined, Ct));
        await Assert.ThrowsAsync<ArtifactNotFoundException>(
            () => Store.TryMoveTagAsync(artifact.Kind, artifact.Name, "latest", Digest.Of("nothing"u8), null, Ct));
    }

    [StoreFact]
    public async Task Many_writers_have_one_winner_each_round()
    {
        const int Writers = 8;
        ArtifactRef[] targets = await Task.WhenAll(Enumerable.Range(0, Writers).Select(i => PublishAsync(content: $"w{i}")));
        for (int round = 0; round < 6; round++)
        {
            Tag? before = await Store.ReadTagAsync(ArtifactKind.Weights, "tiny", "latest", Ct);
            bool[] won = await Task.WhenAll(targets.Select(
                t => Task.Run(() => Store.TryMoveTagAsync(t.Kind, t.Name, "latest", t.Digest, before, Ct))));

            Assert.Single(won, true);
            Tag after = (await Store.ReadTagAsync(ArtifactKind.Weights, "tiny", "latest", Ct))!;
            Assert.Equal(targets[Array.IndexOf(won, true)].Digest, after.Target);
            Assert.NotEqual(before?.Version, after.Version);
        }
    }

    [StoreFact]
    public async Task A_tag_that_holds_no_digest_is_named()
    {
        await Blobs.WriteAsync("tags/weights/tiny/latest", "rubbish"u8.ToArray(), Ct);

        TagDamagedException e = await Assert.ThrowsAsync<TagDamagedException>(() => Store.ReadTagAsync(ArtifactKind.Weights, "tiny", "latest", Ct));

        Assert.Contains("tags/weights/tiny/latest", e.Message, StringComparison.Ordinal);
    }
}
