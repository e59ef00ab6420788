using System.Diagnostics;
using Unreel.Artifacts;
using Unreel.Testing;
using Unreel.Video;
using Xunit.Abstractions;

namespace Unreel.Cli.Tests;

/// <summary>
/// Whatever is killed, and whenever: nothing in the store is broken, and the same command ends with the same artifacts as if nothing had
/// happened. Three kills a store by default; UNREEL_LONG_TESTS=1 makes it a hundred.
/// </summary>
[Collection(UndisturbedRun.Name)]
public sealed class KillRunTests(UndisturbedRun undisturbed, ITestOutputHelper output)
{
    // After this many kills the pipeline begins anew, so that every stage meets some.
    private const int KillsEach = 6;

    [Fact]
    public async Task Killed_over_a_folder_nothing_is_broken_and_the_next_run_completes()
    {
        using TemporaryFolder stores = new();
        await KillAsync(i => stores.File($"store-{i}"), seed: 11);
    }

    [AzuriteFact]
    public async Task Killed_over_azurite_nothing_is_broken_and_the_next_run_completes()
    {
        await using AzuriteFixture azurite = await AzuriteFixture.StartAsync();
        await KillAsync(_ => azurite.NewUri(), seed: 12);
    }

    private async Task KillAsync(Func<int, string> storeOf, ulong seed)
    {
        RandomStream random = new(seed, "kill", 0);
        int kills = LongTests.Count(3, 100), done = 0, late = 0;
        for (int round = 0; done < kills; round++)
        {
            string store = storeOf(round);
            using TemporaryFolder folder = new();
            MicroPipeline.Write(folder.Path);
            for (int kill = 0; kill < KillsEach && done < kills; kill++)
            {
                bool isHit = await KillOneAsync(folder.Path, store, random.NextDouble(0.1, 0.8) * undisturbed.Duration);
                await RequireWholeAsync(store);
                if (!isHit)
                {
                    late++;
                    break;
                }

                done++;
            }

            await CompleteAsync(folder, store);

            // A kill of what has ended is none; a machine on which most come too late tests nothing.
            Assert.InRange(late, 0, Math.Max(2, kills / 2));
        }

        output.WriteLine($"{done} kills, and {late} that came after the end of the run; an undisturbed one took {undisturbed.Duration.TotalSeconds:0.0} s");
    }

    private static Process Start(string folder, string store) => UnreelProgram.Start(folder, "run", "micro.yaml", "--jobs", "2", "--store", store);

    /// <summary>Starts a run and kills it after a while.</summary>
    /// <returns>Whether it was still at work.</returns>
    private static async Task<bool> KillOneAsync(string folder, string store, TimeSpan after)
    {
        using Process process = Start(folder, store);
        Task<string> said = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(after));
        bool isHit = !process.HasExited;
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        await Task.WhenAll(said, error);
        Assert.True(isHit || process.ExitCode == 0, await error);
        return isHit;
    }

    private async Task CompleteAsync(TemporaryFolder folder, string store)
    {
        using Process process = Start(folder.Path, store);
        ProgramResult last = await UnreelProgram.EndAsync(process);
        Assert.True(last.Code == 0, last.ToString());
        Assert.Equal(undisturbed.Tags, await MicroPipeline.TagsOfAsync(store));
        await RequireWholeAsync(store);
        Assert.Equal(undisturbed.LockFile, await File.ReadAllTextAsync(folder.File("micro.lock.json")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(WorkFolder(folder.Path, store)));

        // Two days later all that the kills left is old enough to be collected, and nothing else.
        ArtifactStore later = ArtifactStores.Open(store, new ArtifactStoreOptions { Time = new InTwoDays() });
        CollectionReport collected = await later.CollectAsync(new CollectionOptions { Delete = true }, null, default);
        Assert.Empty(collected.Blocked);
        Assert.Equal(undisturbed.Tags, await MicroPipeline.TagsOfAsync(store));
        await RequireWholeAsync(store);
    }

    private static string WorkFolder(string folder, string store) => Path.Combine(Path.IsPathRooted(store) ? store : Path.Combine(folder, ".unreel"), "work");

    /// <summary>Every artifact there is, tagged or not, and what every tag points to is whole to the last byte, and what a kill left of runs' records can be read.</summary>
    private static async Task RequireWholeAsync(string location)
    {
        ArtifactStore store = ArtifactStores.Open(location);
        await foreach (Tag tag in store.ListTagsAsync(null, default))
        {
            ArtifactRef target = new(tag.Kind, tag.Name, tag.Target);
            Assert.Equal(target, await store.FindAsync(ArtifactReference.To(target), default));
            Assert.Empty(await store.VerifyAsync(target, deep: true, default));
        }

        await foreach (ArtifactRef artifact in store.ListReferencesAsync(null, default))
            Assert.Empty(await store.VerifyAsync(artifact, deep: true, default));
        foreach (PipelineRunRef run in await store.ListPipelineRunsAsync(default))
            Assert.NotNull(await store.ReadPipelineRunAsync(run.Digest, default));
    }

    private sealed class InTwoDays : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromDays(2);
    }
}
