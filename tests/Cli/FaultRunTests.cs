using Unreel.Artifacts;
using Unreel.Testing;
using Xunit.Abstractions;

namespace Unreel.Cli.Tests;

/// <summary>
/// Whole runs of the program with faults between it and the store. One, with an outage, by default; UNREEL_LONG_TESTS=1 makes it twenty,
/// and the outage half a minute.
/// </summary>
[Collection(UndisturbedRun.Name)]
public sealed class FaultRunTests(UndisturbedRun undisturbed, ITestOutputHelper output)
{
    // What a person, or CI, does with a run whose store was out of reach for longer than it waits: start it again.
    private const int MostStarts = 12;

    [AzuriteFact]
    public async Task Runs_with_faults_on_a_fifth_of_the_requests_end_with_the_same_digests_and_show_nothing_partial()
    {
        await using AzuriteFixture azurite = await AzuriteFixture.StartAsync();
        for (int run = 0; run < LongTests.Count(1, 20); run++)
        {
            string uri = azurite.NewUri();
            bool hasOutage = run % 10 == 0;
            (int starts, FaultProxy proxy, int looks) = await RunAsync(azurite, uri, seed: run, hasOutage);

            Assert.Equal(undisturbed.Tags, await MicroPipeline.TagsOfAsync(uri));
            double share = 1 - proxy.Counts.GetValueOrDefault(Fault.None) / (double)proxy.Requests;
            output.WriteLine($"run {run}: {starts} starts, {proxy.Requests} requests, {share:P0} with faults{(hasOutage ? " and an outage" : string.Empty)}, {looks} looks of the reader: {string.Join(", ", proxy.Counts.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key} {pair.Value}"))}");
            Assert.InRange(share, 0.1, 1);
        }
    }

    private static async Task<(int Starts, FaultProxy Proxy, int Looks)> RunAsync(AzuriteFixture azurite, string uri, int seed, bool hasOutage)
    {
        using TemporaryFolder folder = new();
        MicroPipeline.Write(folder.Path);
        await using FaultProxy proxy = FaultProxy.Start(azurite.Port, seed, share: 0.2);
        using CancellationTokenSource over = new();
        Task<int> reader = PollingReader.ReadAsync(uri, over.Token);
        Task outage = hasOutage ? OutageAsync(proxy, over.Token) : Task.CompletedTask;
        string through = uri.Replace($":{azurite.Port}/", $":{proxy.Port}/", StringComparison.Ordinal);
        int starts = 0;
        ProgramResult result;
        do
        {
            result = await UnreelProgram.RunAsync(folder.Path, "run", "micro.yaml", "--store", through, "--jobs", "2");
            starts++;
            Assert.True(result.Code is 0 or 1, result.ToString());
            Assert.DoesNotContain("internal error", result.Error, StringComparison.Ordinal);
        }
        while (result.Code != 0 && starts < MostStarts && !reader.IsFaulted);

        await over.CancelAsync();
        await outage;
        int looks = await reader;
        Assert.True(result.Code == 0, result.ToString());
        return (starts, proxy, looks);
    }

    private static async Task OutageAsync(FaultProxy proxy, CancellationToken ct)
    {
        try
        {
            while (proxy.Requests < 60)
                await Task.Delay(20, ct);
            proxy.IsOut = true;
            await Task.Delay(TimeSpan.FromSeconds(LongTests.Count(4, 30)), ct);
        }
        catch (OperationCanceledException)
        {
            // The run ended before it.
        }

        proxy.IsOut = false;
    }
}

/// <summary>Somebody who looks at a store all the time, and finds nothing in it that is not whole.</summary>
public static class PollingReader
{
    /// <summary>Looks until stopped; throws where something is not whole.</summary>
    /// <returns>How many times it looked.</returns>
    public static async Task<int> ReadAsync(string location, CancellationToken stop)
    {
        int looks = 0;
        for (; !stop.IsCancellationRequested; looks++)
        {
            // A store of its own for each look: nothing is remembered.
            await LookAsync(ArtifactStores.Open(location));
            await Task.Delay(50, CancellationToken.None);
        }

        return looks;
    }

    private static async Task LookAsync(ArtifactStore store)
    {
        await foreach (Tag tag in store.ListTagsAsync(null, default))
            Assert.Empty(await store.VerifyAsync(new ArtifactRef(tag.Kind, tag.Name, tag.Target), deep: true, default));
        await foreach (Artifact artifact in store.ListAsync(null, default))
        {
            Assert.Empty(await store.VerifyAsync(artifact.Reference, deep: false, default));
            await store.RunsAsync(artifact.Reference, default);
        }

        foreach (PipelineRunRef run in await store.ListPipelineRunsAsync(default))
        {
            StoredPipelineRun stored = (await store.ReadPipelineRunAsync(run.Digest, default))!;
            foreach (Descriptor log in stored.Manifest.Layers)
            {
                await using Stream stream = await store.OpenAsync(log, default);
                await stream.CopyToAsync(Stream.Null);
            }
        }
    }
}
