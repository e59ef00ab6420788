using System.Diagnostics;
using Unreel.Testing;

namespace Unreel.Cli.Tests;

/// <summary>The micro pipeline run once in peace: what runs that are killed or meet faults must end with too, over whatever store.</summary>
public sealed class UndisturbedRun : IAsyncLifetime
{
    /// <summary>The collection of tests that share it.</summary>
    public const string Name = "disturbed runs";

    /// <summary>What the store tags in the end.</summary>
    public string Tags { get; private set; } = string.Empty;

    /// <summary>The lock file beside the pipeline in the end.</summary>
    public string LockFile { get; private set; } = string.Empty;

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; private set; }

    public async Task InitializeAsync()
    {
        using TemporaryFolder folder = new();
        MicroPipeline.Write(folder.Path);
        Stopwatch clock = Stopwatch.StartNew();
        ProgramResult run = await UnreelProgram.RunAsync(folder.Path, "run", "micro.yaml", "--jobs", "2", "--store", folder.File("store"));
        Duration = clock.Elapsed;
        Assert.True(run.Code == 0, run.ToString());
        Tags = await MicroPipeline.TagsOfAsync(folder.File("store"));
        LockFile = await File.ReadAllTextAsync(folder.File("micro.lock.json"));
    }

    public Task DisposeAsync() => Task.CompletedTask;
}

/// <summary>Names the collection.</summary>
[CollectionDefinition(UndisturbedRun.Name)]
public sealed class DisturbedRuns : ICollectionFixture<UndisturbedRun>;
