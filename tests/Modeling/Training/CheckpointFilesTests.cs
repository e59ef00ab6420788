using Unreel.Testing;

namespace Unreel.Modeling.Tests;

public sealed class CheckpointFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, "checkpoint.safetensors 4")]
    [InlineData(2, "checkpoint.1.safetensors 3, checkpoint.safetensors 4")]
    [InlineData(3, "checkpoint.1.safetensors 3, checkpoint.2.safetensors 2, checkpoint.safetensors 4")]
    public void The_newest_are_kept(int keep, string expected)
    {
        var files = new CheckpointFiles(_folder.Path, new CheckpointPolicy { Keep = keep });

        foreach (int step in (int[])[1, 2, 3, 4])
            files.Write(Snapshot(step, 1));

        Assert.Equal(expected, Listed());
        Assert.Equal(_folder.File("checkpoint.safetensors"), files.Newest);
    }

    [Fact]
    public void A_shorter_memory_forgets_what_a_longer_one_kept()
    {
        var many = new CheckpointFiles(_folder.Path, new CheckpointPolicy { Keep = 4 });
        foreach (int step in (int[])[1, 2, 3, 4])
            many.Write(Snapshot(step, 1));

        new CheckpointFiles(_folder.Path, new CheckpointPolicy { Keep = 1 }).Write(Snapshot(5, 1));

        Assert.Equal("checkpoint.safetensors 5", Listed());
    }

    [Fact]
    public void The_best_is_kept_over_runs()
    {
        var policy = new CheckpointPolicy { Keep = 1, KeepBest = true };
        var first = new CheckpointFiles(_folder.Path, policy);
        first.Write(Snapshot(1, 3.5));
        first.Write(Snapshot(2, 2.5));
        first.Write(Snapshot(3, 2.6));
        Assert.Equal("best.safetensors 2, checkpoint.safetensors 3", Listed());

        var again = new CheckpointFiles(_folder.Path, policy);
        again.Write(Snapshot(4, 2.55));
        Assert.Equal("best.safetensors 2, checkpoint.safetensors 4", Listed());
        again.Write(Snapshot(5, 2.4));

        Assert.Equal("best.safetensors 5, checkpoint.safetensors 5", Listed());
    }

    [Fact]
    public void Killed_between_two_renames_the_one_before_is_the_newest()
    {
        var files = new CheckpointFiles(_folder.Path, new CheckpointPolicy());
        files.Write(Snapshot(1, 1));
        files.Write(Snapshot(2, 1));

        File.Delete(_folder.File("checkpoint.safetensors"));

        Assert.Equal(_folder.File("checkpoint.1.safetensors"), files.Newest);
    }

    [Fact]
    public void What_cannot_be_written_leaves_the_one_before()
    {
        var files = new CheckpointFiles(_folder.Path, new CheckpointPolicy());
        files.Write(Snapshot(1, 1));
        var bad = new CheckpointSnapshot([TensorToWrite.F32("step", [1], () => throw new NonFiniteException("Tensor 'a'", 7, []))], new Dictionary<string, string>(), 1);

        Assert.Throws<NonFiniteException>(() => files.Write(bad));

        Assert.Equal("checkpoint.safetensors 1", Listed());
    }

    private static CheckpointSnapshot Snapshot(int step, double loss) => new(
        [TensorToWrite.F32("step", [1], () => [step])],
        new Dictionary<string, string> { ["recent_loss"] = loss.ToString(System.Globalization.CultureInfo.InvariantCulture) },
        loss);

    private string Listed() => string.Join(", ", Directory.GetFiles(_folder.Path).Order(StringComparer.Ordinal).Select(path =>
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        return $"{Path.GetFileName(path)} {file.ReadFloats("step")[0]}";
    }));
}
