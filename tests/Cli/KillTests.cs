using System.Diagnostics;
using Unreel.Testing;
using Unreel.Video;

namespace Unreel.Cli.Tests;

public sealed class KillTests
{
    /// <summary>Whatever is killed, and whenever: the same command ends with the same artifacts as if nothing had happened.</summary>
    [Fact]
    public async Task Killed_runs_end_with_the_digests_of_an_undisturbed_one()
    {
        using TemporaryFolder quiet = new();
        Stopwatch clock = Stopwatch.StartNew();
        ProgramResult undisturbed = await UnreelProgram.RunAsync(quiet.Path, "run", MicroPipeline.Write(quiet.Path));
        Assert.True(undisturbed.Code == 0, undisturbed.ToString());
        TimeSpan whole = clock.Elapsed;

        using TemporaryFolder folder = new();
        MicroPipeline.Write(folder.Path);
        RandomStream random = new(5, "kill", 0);
        for (int kill = 0; kill < 8; kill++)
        {
            using Process process = UnreelProgram.Start(folder.Path, "run", "micro.yaml");
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            await Task.Delay(random.NextDouble(0.05, 0.6) * whole);
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            await Task.WhenAll(output, error);
        }

        ProgramResult last = await UnreelProgram.RunAsync(folder.Path, "run", "micro.yaml");
        ProgramResult verified = await UnreelProgram.RunAsync(folder.Path, "artifacts", "verify", "--store", folder.File(".unreel"));

        Assert.True(last.Code == 0, last.ToString());
        Assert.True(verified.Code == 0, verified.ToString());
        Assert.Equal(await MicroPipeline.TagsAsync(quiet.Path), await MicroPipeline.TagsAsync(folder.Path));
        Assert.Equal(await File.ReadAllTextAsync(quiet.File("micro.lock.json")), await File.ReadAllTextAsync(folder.File("micro.lock.json")));
    }

    [Fact]
    public async Task Killed_shards_are_taken_up_where_they_stopped()
    {
        string[] command = ["synthesize", "--set", "count=60", "--set", "size=64", "--set", "materialize=webdataset", "--set", "shard_size=8"];
        using TemporaryFolder quiet = new(), folder = new();
        Stopwatch clock = Stopwatch.StartNew();
        ProgramResult undisturbed = await UnreelProgram.RunAsync(quiet.Path, [.. command, "--store", quiet.File(".unreel")]);
        Assert.True(undisturbed.Code == 0, undisturbed.ToString());
        TimeSpan whole = clock.Elapsed;

        RandomStream random = new(6, "kill", 0);
        for (int kill = 0; kill < 4; kill++)
        {
            using Process process = UnreelProgram.Start(folder.Path, [.. command, "--store", folder.File(".unreel")]);
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            await Task.Delay(random.NextDouble(0.2, 0.9) * whole);
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            await Task.WhenAll(output, error);
        }

        ProgramResult last = await UnreelProgram.RunAsync(folder.Path, [.. command, "--store", folder.File(".unreel")]);

        Assert.True(last.Code == 0, last.ToString());
        Assert.Equal(await MicroPipeline.TagsAsync(quiet.Path), await MicroPipeline.TagsAsync(folder.Path));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.File(".unreel", "work")));
    }
}
