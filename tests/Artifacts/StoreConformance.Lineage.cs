namespace Unreel.Artifacts.Tests;

/// <summary>What was made from what, seen by those who remove and verify.</summary>
public abstract partial class StoreConformance
{
    [StoreFact]
    public async Task What_tagged_artifacts_were_made_from_is_known_over_many_steps()
    {
        ArtifactRef first = await MakeAsync("first", "1");
        ArtifactRef middle = await MakeAsync("middle", "2", first);
        ArtifactRef last = await MakeAsync("last", "3", middle, first);
        await MakeAsync("loose", "4", first);
        using ArtifactIndex index = NewIndex();
        Assert.Empty((await index.GetAsync(Ct)).TaggedDependentsOf(first.Digest));

        await TagAsync(last);
        index.Invalidate();
        IndexSnapshot snapshot = await index.GetAsync(Ct);

        Assert.Equal([last], snapshot.TaggedDependentsOf(first.Digest).Select(entry => entry.Reference));
        Assert.Empty(snapshot.TaggedDependentsOf(last.Digest));
    }

    [StoreFact]
    public async Task Inputs_that_are_not_listed_are_noted_and_are_no_damage()
    {
        ArtifactRef first = await MakeAsync("first", "1");
        ArtifactRef second = await MakeAsync("second", "2", first);
        Assert.All(await ToListAsync(Store.VerifyAllAsync(deep: false, Ct)), found => Assert.Empty(found.Notes));

        await Store.RemoveAsync(first, Ct);
        Verified found = Assert.Single(await ToListAsync(Store.VerifyAllAsync(deep: false, Ct)));

        Assert.Equal(second.ToString(), found.Name);
        Assert.Empty(found.Problems);
        Assert.Contains(first.ToString(), Assert.Single(found.Notes), StringComparison.Ordinal);
    }

    [StoreFact]
    public async Task What_cannot_be_read_is_found_by_its_first_digits_too()
    {
        ArtifactRef good = await PublishAsync("good", "1"), bad = await PublishAsync("bad", "2");
        await DamageAsync(bad.Digest, "rubbish");
        using ArtifactIndex index = NewIndex();
        IndexSnapshot snapshot = await index.GetAsync(Ct);

        Assert.Equal([good], snapshot.ReferencesByPrefix(good.Digest.Hex[..12]));
        Assert.Equal([bad], snapshot.ReferencesByPrefix(bad.Digest.Hex[..12]));
    }
}
