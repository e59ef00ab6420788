using System.Diagnostics;
using Unreel.Artifacts;
using Unreel.Testing;
using Unreel.Video;
using Xunit.Abstractions;

namespace Unreel.Cli.Tests;

/// <summary>
/// Whole runs of the program killed at random points. Six kills a store by default; UNREEL_LONG_TESTS=1 makes it a hundred.
/// </summary>
public sealed class KillRunTests(ITestOutputHelper output)
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
        string[] command = ["run", "micro.yaml", "--jobs", "2", "--store"];
        using TemporaryFolder quiet = new();
        MicroPipeline.Write(quiet.Path);
        string quietStore = storeOf(-1);
        Stopwatch clock = Stopwatch.StartNew();
        ProgramResult undisturbed = await UnreelProgram.RunAsync(quiet.Path, [.. command, quietStore]);
        Assert.True(undisturbed.Code == 0, undisturbed.ToString());
        TimeSpan whole = clock.Elapsed;
        string expected = await MicroPipeline.TagsOfAsync(quietStore);

        RandomStream random = new(seed, "kill", 0);
        int kills = LongTests.Count(KillsEach, 100), ended = 0;
        for (int round = 0, done = 0; done < kills; round++)
        {
            string store = storeOf(round);
            using TemporaryFolder folder = new();
            MicroPipeline.Write(folder.Path);
            for (int kill = 0; kill < KillsEach && done < kills; kill++, done++)
            {
                using Process process = UnreelProgram.Start(folder.Path, [.. command, store]);
                Task<string> said = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
                await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(random.NextDouble(0.1, 0.8) * whole));
                ended += process.HasExited ? 1 : 0;
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync();
                await Task.WhenAll(said, error);
                await RequireWholeAsync(store);
            }

            ProgramResult last = await UnreelProgram.RunAsync(folder.Path, [.. command, store]);
            Assert.True(last.Code == 0, last.ToString());
            Assert.Equal(expected, await MicroPipeline.TagsOfAsync(store));
            await RequireWholeAsync(store);
            Assert.Empty(Directory.EnumerateFileSystemEntries(WorkFolder(folder.Path, store)));
        }

        output.WriteLine($"{kills} kills, {ended} of them after the end of the run; an undisturbed one took {whole.TotalSeconds:0.0} s");
    }

    private static string WorkFolder(string folder, string store) => Path.Combine(Path.IsPathRooted(store) ? store : Path.Combine(folder, ".unreel"), "work");

    /// <summary>Every artifact there is, tagged or not, is whole to the last byte, and what a kill left of runs' records can be read.</summary>
    private static async Task RequireWholeAsync(string location)
    {
        ArtifactStore store = ArtifactStores.Open(location);
        await foreach (ArtifactRef artifact in store.ListReferencesAsync(null, default))
            Assert.Empty(await store.VerifyAsync(artifact, deep: true, default));
        foreach (PipelineRunRef run in await store.ListPipelineRunsAsync(default))
            Assert.NotNull(await store.ReadPipelineRunAsync(run.Digest, default));
    }
}
