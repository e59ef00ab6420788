using System.Diagnostics;
using Unreel.Testing;
using Unreel.Video;

namespace Unreel.Cli.Tests;

public sealed class KillTests
{
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
