using Unreel.Artifacts;

namespace Unreel.Pipelines.Tests;

/// <summary>Finished work that somebody removes from the store's list, on purpose or by a collection that was killed.</summary>
public sealed class RemovedWorkTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_removed_is_listed_and_tagged_again_by_the_next_run_without_work(bool untag)
    {
        await using Workshop shop = new();
        ArtifactRef[] made = [.. (await shop.RunAsync()).Stages.Select(outcome => outcome.Artifact!.Value)];
        await RemoveAsync(shop, made[0], untag);

        RunReport again = await shop.RunAsync();

        Assert.Equal([StageState.UpToDate, StageState.UpToDate], again.Stages.Select(outcome => outcome.State));
        Assert.Equal(["draw", "learn"], shop.Script.Ran);
        Assert.Equal(made[0], await shop.Store.FindAsync(ArtifactReference.To(made[0]), default));
        Assert.Equal(made[0], await shop.Store.FindAsync(ArtifactReference.Parse("clips/tiny-draw:latest"), default));
    }

    [Fact]
    public async Task A_dry_run_says_that_it_would_be_listed_again_and_lists_nothing()
    {
        await using Workshop shop = new();
        ArtifactRef made = (await shop.RunAsync()).Stages[0].Artifact!.Value;
        await RemoveAsync(shop, made, untag: true);

        RunReport report = await shop.RunAsync(new RunSettings { DryRun = true });

        Assert.Equal((StageState.WouldRun, true), (report.Stages[0].State, report.Stages[0].Reason.Contains("would be listed again", StringComparison.Ordinal)));
        Assert.Null(await shop.Store.FindAsync(ArtifactReference.To(made), default));
    }

    [Fact]
    public async Task What_is_collected_between_the_look_and_its_use_is_made_again()
    {
        await using Workshop shop = new();
        IArtifactStore whole = shop.Store;
        ArtifactRef made = (await shop.RunAsync()).Stages[0].Artifact!.Value;
        shop.Store = new FailingStore(whole) { LostRaces = 0, PutError = new BlobMissingException(made.Digest, whole.Location) };

        RunReport again = await shop.RunAsync();

        Assert.Equal([StageState.Done, StageState.Done], again.Stages.Select(outcome => outcome.State));
        Assert.Equal(made, again.Stages[0].Artifact);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_work_folder_of_whoever_is_at_work_on_finished_work_once_more_is_his(bool isHeld)
    {
        await using Workshop shop = new();
        string key = (await shop.RunAsync()).Stages[0].Key!.Value.Hex[..16];
        string[] left = [shop.File(".unreel", "work", key), shop.File(".unreel", "work", $"{key}.rank1")];
        foreach (string folder in left)
            Directory.CreateDirectory(folder);

        using (WorkLock? held = isHeld ? WorkLock.TryTake(shop.File(".unreel", "locks", $"{key}.lock")) : null)
            Assert.Equal(0, (await shop.RunAsync()).ExitCode);

        Assert.All(left, folder => Assert.Equal(isHeld, Directory.Exists(folder)));
    }

    /// <summary>As <c>artifacts rm</c> does, or as a collection that ends after its first step: the tag may stay.</summary>
    private static async Task RemoveAsync(Workshop shop, ArtifactRef artifact, bool untag)
    {
        if (!untag)
        {
            File.Delete(Assert.Single(Directory.EnumerateFiles(shop.File(".unreel", "manifests"), "*" + artifact.Digest.Hex + "*", SearchOption.AllDirectories)));
            return;
        }

        Tag tag = (await shop.Store.ReadTagAsync(artifact.Kind, artifact.Name, "latest", default))!;
        Assert.True(await shop.Store.TryRemoveTagAsync(tag, default));
        await shop.Store.RemoveAsync(artifact, default);
    }
}
