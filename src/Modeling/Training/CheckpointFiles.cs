using System.Globalization;

namespace Unreel.Modeling;

/// <summary>
/// The checkpoints of a folder: <c>checkpoint.safetensors</c> is the newest, <c>checkpoint.1.safetensors</c> the one before it,
/// and so on; <c>best.safetensors</c> is a copy of the one with the lowest recent loss.
/// </summary>
internal sealed class CheckpointFiles(string folder, CheckpointPolicy policy)
{
    /// <summary>The newest checkpoint's name.</summary>
    public const string Name = "checkpoint.safetensors";

    /// <summary>The best checkpoint's name.</summary>
    public const string BestName = "best.safetensors";

    private double? _best;

    /// <summary>The newest checkpoint there is, or null. Whoever was killed between two renames finds the newest one under the next name.</summary>
    public string? Newest => Enumerable.Range(0, policy.Keep + 1).Select(Path).FirstOrDefault(File.Exists);

    /// <summary>Writes a checkpoint whole or not at all, and forgets those that are too many.</summary>
    public void Write(CheckpointSnapshot snapshot)
    {
        AtomicFile.Write(Path(0), stream => SafetensorsWriter.Write(stream, snapshot.Tensors, snapshot.DigestedMetadata()), MoveOlder);
        if (policy.KeepBest && !(snapshot.RecentLoss >= (_best ??= BestOnDisk())))
            KeepAsBest(snapshot.RecentLoss);
    }

    // The oldest goes first, so that no two have one name. What an earlier run with a longer memory left goes too.
    private void MoveOlder()
    {
        for (int age = policy.Keep; File.Exists(Path(age)); age++)
            File.Delete(Path(age));
        for (int age = policy.Keep - 2; age >= 0; age--)
        {
            if (File.Exists(Path(age)))
                File.Move(Path(age), Path(age + 1), overwrite: true);
        }
    }

    private void KeepAsBest(double loss)
    {
        AtomicFile.Write(System.IO.Path.Combine(folder, BestName), stream =>
        {
            using FileStream newest = File.OpenRead(Path(0));
            newest.CopyTo(stream);
        });
        _best = loss;
    }

    private double BestOnDisk()
    {
        string path = System.IO.Path.Combine(folder, BestName);
        if (!File.Exists(path))
            return double.PositiveInfinity;

        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            return Checkpoint.RecentLoss(file);
        }
        catch (Exception error) when (error is SafetensorsException or ModelException)
        {
            // A damaged one is as good as none: nothing goes on from it, and the next is better than it.
            return double.PositiveInfinity;
        }
    }

    private string Path(int age) => System.IO.Path.Combine(folder, age == 0 ? Name : string.Create(CultureInfo.InvariantCulture, $"checkpoint.{age}.safetensors"));
}
