using Unreel.Artifacts;
using Unreel.Testing;

namespace Unreel.Pipelines.Tests;

/// <summary>Clearing up takes what nobody uses and nothing else.</summary>
public sealed class WorkRootSweepTests(TemporaryFolder files) : IClassFixture<TemporaryFolder>
{
    private static readonly CollectionOptions Delete = new() { Delete = true };
    private readonly string _root = files.File(Guid.NewGuid().ToString("n"));

    private string Made(string path, double daysAgo)
    {
        string folder = Path.Combine(_root, path);
        Directory.CreateDirectory(folder);
        DateTime time = DateTime.UnixEpoch.AddDays(1000 - daysAgo);
        File.WriteAllText(Path.Combine(folder, "file"), "four");
        File.SetLastWriteTimeUtc(Path.Combine(folder, "file"), time);
        Directory.SetLastWriteTimeUtc(folder, time);
        return folder;
    }

    private FileStream Held(string name)
    {
        Directory.CreateDirectory(Path.Combine(_root, "locks"));
        return new FileStream(Path.Combine(_root, "locks", name + ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
    }

    private WorkRootReport Run(CollectionOptions options) => WorkRootSweep.Run(_root, options, new Clock());

    [Fact]
    public void Old_inputs_and_left_work_go_and_young_ones_stay()
    {
        string input = Made("inputs/" + new string('a', 64), 2), fresh = Made("inputs/" + new string('b', 64), 0.5);
        string left = Made("work/key.rank1", 100), recent = Made("work/other", 2);

        WorkRootReport would = Run(new());
        Assert.Equal(new WorkRootReport(1, 1, 0, 8), would);
        Assert.True(Directory.Exists(input));

        Assert.Equal(would, Run(Delete));
        Assert.Equal([false, true, false, true], ((string[])[input, fresh, left, recent]).Select(Directory.Exists));
    }

    [Fact]
    public void Work_that_is_held_stays_with_all_inputs()
    {
        string input = Made("inputs/" + new string('a', 64), 2), part = Made("work/key.part-0-of-2", 100), rank = Made("work/one.rank3", 100), other = Made("work/key", 100);
        using FileStream ofPart = Held("key.part-0-of-2"), ofRank = Held("one");

        Assert.Equal(new WorkRootReport(0, 1, 0, 4), Run(Delete));

        Assert.Equal([true, true, true, false], ((string[])[input, part, rank, other]).Select(Directory.Exists));
    }

    private sealed class Clock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddDays(1000);
    }
}
