using System.Globalization;

namespace Unreel.Pipelines;

/// <summary>Reads which part of some work is meant: as a user writes it, or as a cluster's scheduler tells it.</summary>
public static class ShardText
{
    /// <summary>The word that means the part that the scheduler names.</summary>
    public const string Auto = "auto";

    private const int Most = 100_000;

    /// <summary>Reads <c>I/N</c> with I from 0, <c>auto</c> or <c>auto/N</c>.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="environment">Gives the environment's variables: those of Slurm's arrays, or <c>JOB_COMPLETION_INDEX</c> of Kubernetes' indexed jobs.</param>
    /// <exception cref="UsageException">It is none of these, or the environment does not say enough.</exception>
    public static StageShard Parse(string text, Func<string, string?> environment)
    {
        string[] parts = text.Split('/');
        if (parts is [Auto])
            return FromEnvironment(null, environment);
        if (parts is not [string index, string count] || Number(count) is not { } n || n < 1 || n > Most)
            throw new UsageException($"--shard is '{text}'; expected I/N with I from 0 to N-1 and N at most {Most}, or auto, or auto/N.");
        if (index == Auto)
            return FromEnvironment(n, environment);

        return Number(index) is { } i && i < n
            ? new StageShard(i, n)
            : throw new UsageException($"--shard is '{text}'; shards are counted from 0: expected 0/{n} to {n - 1}/{n}.");
    }

    /// <summary>The variable by which the environment names a part of the work; null where it does not.</summary>
    public static string? Hint(Func<string, string?> environment) =>
        Array.Find(["SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX"], name => !string.IsNullOrEmpty(environment(name)));

    private static StageShard FromEnvironment(int? count, Func<string, string?> environment)
    {
        StageShard found = Hint(environment) switch
        {
            "SLURM_ARRAY_TASK_ID" => FromSlurm(count, environment),
            "JOB_COMPLETION_INDEX" => new StageShard(
                Variable("JOB_COMPLETION_INDEX", environment)!.Value,
                count ?? throw new UsageException("--shard auto: JOB_COMPLETION_INDEX says which part this is, but not of how many; expected --shard auto/N with N the job's completions.")),
            _ => throw new UsageException("--shard auto: neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is set; expected one of them, or --shard I/N."),
        };
        return found.Index < found.Count
            ? found
            : throw new UsageException($"--shard auto: {Hint(environment)} is {environment(Hint(environment)!)}, which is part {found.Index} from 0, but there are {found.Count}.");
    }

    // Arrays may begin anywhere and leave numbers out: --array=10-40:10 has the parts 0 to 3.
    private static StageShard FromSlurm(int? count, Func<string, string?> environment)
    {
        int id = Variable("SLURM_ARRAY_TASK_ID", environment)!.Value;
        int first = Variable("SLURM_ARRAY_TASK_MIN", environment) ?? 0;
        int step = Math.Max(1, Variable("SLURM_ARRAY_TASK_STEP", environment) ?? 1);
        int all = count ?? Variable("SLURM_ARRAY_TASK_COUNT", environment)
            ?? throw new UsageException("--shard auto: SLURM_ARRAY_TASK_COUNT is not set; expected it, or --shard auto/N.");
        return id >= first && (id - first) % step == 0
            ? new StageShard((id - first) / step, all)
            : throw new UsageException($"--shard auto: SLURM_ARRAY_TASK_ID is {id}, which is not {first} and a multiple of {step}; of an array with numbers left out, give --shard I/N.");
    }

    private static int? Variable(string name, Func<string, string?> environment) => environment(name) is not { Length: > 0 } text
        ? null
        : Number(text) ?? throw new UsageException($"{name} is '{text}'; expected a whole number from 0.");

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
