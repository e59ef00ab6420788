using System.Diagnostics;
using Unreel.Artifacts;
using Unreel.Testing;
using Unreel.Video;

namespace Unreel.Cli.Tests;

/// <summary>Copies that are killed: what is in the target is whole at any time, and the next copy ends as an undisturbed one.</summary>
public sealed class CopyKillTests : IDisposable
{
    // Three for a run of all tests; a hundred of each where somebody has the time.
    private static readonly int Kills = Environment.GetEnvironmentVariable("UNREEL_LONG_TESTS") == "1" ? 100 : 3;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task Into_a_folder() => KillAsync(round => _folder.File($"target{round}"), 11);

    [AzuriteFact]
    public async Task Into_a_container()
    {
        await using AzuriteFixture azurite = await AzuriteFixture.StartAsync();
        Dictionary<int, string> uris = [];
        await KillAsync(round => uris.TryGetValue(round, out string? uri) ? uri : uris[round] = azurite.NewUri(), 12);
    }

    private async Task KillAsync(Func<int, string> target, ulong seed)
    {
        string source = _folder.File("source");
        string[] expected = await FillAsync(source);
        Stopwatch clock = Stopwatch.StartNew();
        ProgramResult undisturbed = await CopyAsync(source, target(0));
        Assert.True(undisturbed.Code == 0, undisturbed.ToString());
        TimeSpan whole = clock.Elapsed;

        RandomStream random = new(seed, "kill", 0);
        int round = 1;
        for (int kill = 0; kill < Kills; kill++)
        {
            using Process process = UnreelProgram.Start(_folder.Path, Command(source, target(round)));
            Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
            await Task.Delay(random.NextDouble(0.1, 1) * whole);
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            await Task.WhenAll(output, error);

            // Everything that can be found is whole; where all is there, the next kills are of a new copy.
            if ((await ContentAsync(target(round))).SequenceEqual(expected))
                round++;
        }

        ProgramResult last = await CopyAsync(source, target(round));
        Assert.True(last.Code == 0, last.ToString());
        Assert.Equal(expected, await ContentAsync(target(round)));
    }

    private static string[] Command(string source, string target) => ["artifacts", "copy", "--all", "--store", source, "--to", target];

    private Task<ProgramResult> CopyAsync(string source, string target) => UnreelProgram.RunAsync(_folder.Path, Command(source, target));

    /// <summary>Small artifacts in a chain, each signed, and one of some megabytes.</summary>
    private static async Task<string[]> FillAsync(string location)
    {
        ArtifactStore store = ArtifactStores.Open(location);
        using SigningKey key = SigningKey.Create();
        LineageInput[] inputs = [];
        for (int i = 0; i < 6; i++)
        {
            byte[] bytes = new byte[i == 3 ? 9 << 20 : 3000];
            bytes[0] = (byte)i;
            Descriptor layer = await store.AddBytesAsync(bytes, "application/octet-stream", "model.bin", default);
            ArtifactRef made = await store.PublishAsync(ArtifactKind.Weights, $"w{i}", new Lineage { Stage = "put", Inputs = inputs }, [layer], default);
            await store.MoveTagAsync(made, "latest", TimeProvider.System, default);
            await ArtifactSigner.SignAsync(store, made, key, default);
            inputs = [new LineageInput("encoder", made.ToString(), made.Digest)];
        }

        return await ContentAsync(location);
    }

    private static async Task<string[]> ContentAsync(string location)
    {
        ArtifactStore store = ArtifactStores.Open(location);
        List<string> lines = [];
        await foreach (ArtifactRef artifact in store.ListReferencesAsync(null, default))
        {
            lines.Add(artifact.ToString());
            Assert.Empty(await store.VerifyAsync(artifact, deep: true, default));
            await foreach (Referrer referrer in store.ListReferrersAsync(artifact.Digest, default))
                lines.Add(referrer.Digest.ToString());
        }

        await foreach (Tag tag in store.ListTagsAsync(null, default))
            lines.Add($"{tag.Name}:{tag.Value} {tag.Target}");

        return [.. lines];
    }
}
