using System.Globalization;
using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>Turns stages into jobs: one each, or as many tasks as there are parts and one that puts them together.</summary>
public sealed class EnginePlanner
{
    private const int MostShards = 10_000;
    private const int LongestName = 40;

    private readonly Dictionary<StageDescription, IStageWorker> _workers;

    internal EnginePlanner(IEnumerable<IStageWorker> workers) => _workers = workers.ToDictionary(worker => worker.Stage);

    /// <summary>Plans jobs.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="stages">The stages to run, each after those it depends on.</param>
    /// <param name="forced">Which of them run though they were finished before.</param>
    /// <param name="shape">How they become jobs.</param>
    /// <exception cref="UsageException">There are too many parts or processes, or too few.</exception>
    public EnginePlan Plan(PipelineFile pipeline, IReadOnlyList<PlannedStage> stages, Func<PlannedStage, bool> forced, JobShape shape)
    {
        if (shape.Shards is < 1 or > MostShards)
            throw new UsageException($"--shards is {shape.Shards}; expected 1 to {MostShards}.");
        if (shape.Processes < 1)
            throw new UsageException($"--nproc is {shape.Processes}; expected at least 1.");

        Dictionary<string, string> last = [];
        HashSet<string> taken = [];
        List<EngineJob> jobs = [];
        foreach (PlannedStage stage in stages)
        {
            string[] after = [.. stage.Dependencies.Where(last.ContainsKey).Select(id => last[id])];
            jobs.AddRange(JobsOf(stage, forced(stage), after, shape, taken));
            last[stage.Id] = jobs[^1].Name;
        }

        return new EnginePlan(pipeline.Name, jobs);
    }

    private IEnumerable<EngineJob> JobsOf(PlannedStage stage, bool isForced, string[] after, JobShape shape, HashSet<string> taken)
    {
        string[] command = [.. shape.Command, "--only", stage.Id, .. isForced ? (string[])["--force", stage.Id] : [], "--as-job"];
        EngineJob whole = new()
        {
            Name = Name(stage.Id, string.Empty, taken),
            StageId = stage.Id,
            Command = command,
            Processes = stage.Description.IsShared ? shape.Processes : 1,
            Resources = Resources(stage, shape),
            After = after,
        };
        if (shape.Shards == 1 || !CanShard(stage))
            return [whole];

        string count = shape.Shards.ToString(CultureInfo.InvariantCulture);
        EngineJob parts = whole with { Name = Name(stage.Id, "-parts", taken), Parts = shape.Shards, Command = [.. command, "--shard", $"{ShardText.Auto}/{count}"] };

        // What puts parts together reads and writes; it needs no GPU.
        return [parts, whole with { Command = [.. command, "--parts", count], After = [parts.Name], Resources = whole.Resources with { Gpus = 0 } }];
    }

    private bool CanShard(PlannedStage stage)
    {
        ArtifactRef pending = new(ArtifactKind.Clips, "pending", Digest.Of([]));
        return _workers[stage.Description].CanShard(stage.Bind(_ => pending));
    }

    // A stage takes a GPU where there is one; whether there is, only the user knows of a cluster.
    private static JobResources Resources(PlannedStage stage, JobShape shape) => new(
        stage.Needs.Cores ?? shape.Resources.Cores,
        stage.Resources.Gpus ?? (stage.Needs.Gpus > 0 ? shape.Resources.Gpus : 0),
        stage.Needs.Memory ?? shape.Resources.MemoryBytes);

    // Of an id what every engine takes in a name; two ids that differ only in the rest get a number.
    private static string Name(string id, string suffix, HashSet<string> taken)
    {
        char[] plain = [.. id.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : ' ')];
        string name = string.Join('-', new string(plain).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        name = (name.Length == 0 ? "stage" : name.Length > LongestName - 10 ? name[..(LongestName - 10)].TrimEnd('-') : name) + suffix;
        string found = name;
        for (int again = 2; !taken.Add(found); again++)
            found = string.Create(CultureInfo.InvariantCulture, $"{name}-{again}");
        return found;
    }
}
