using System.Globalization;

namespace Unreel.Pipelines;

/// <summary>Writes what sbatch is told of a job: its arguments, and the script that runs on the node.</summary>
internal static class SlurmScript
{
    private const int LongestText = 200;

    /// <summary>The file that a task's exit code is written to; <c>*</c> stands for the number of a part.</summary>
    public static string ExitFile(EngineJob job, string task) => $"{job.Name}.{task}.exit";

    /// <summary>Sbatch's arguments; the script comes on its standard input.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="job">The job.</param>
    /// <param name="options">What all jobs say.</param>
    /// <param name="logFolder">Where logs go, which is where the job starts: names of logs are relative, so that no folder's name is taken for a pattern. Its name is in the comment, by which the jobs of a run are found.</param>
    /// <param name="after">The numbers of the jobs it waits for.</param>
    public static IReadOnlyList<string> Arguments(EnginePlan plan, EngineJob job, SlurmOptions options, string logFolder, IReadOnlyList<string> after)
    {
        List<string> arguments =
        [
            "--parsable", $"--job-name={Shown($"unreel-{plan.Pipeline}-{job.StageId}")}", $"--comment={Shown($"unreel {Path.GetFileName(logFolder)} {plan.Pipeline}: {job.StageId}")}",
            $"--chdir={logFolder}", "--input=/dev/null", $"--output={(job.Parts is null ? $"{job.Name}.%j.log" : $"{job.Name}.%A_%a.log")}",
            $"--ntasks={Text(job.Processes)}",
        ];
        if (job.Parts is { } parts)
            arguments.Add($"--array=0-{Text(parts - 1)}");
        if (after.Count > 0)
            arguments.AddRange([$"--dependency=afterok:{string.Join(':', after)}", "--kill-on-invalid-dep=yes"]);
        arguments.AddRange(Resources(job.Resources));
        if (job.Resources.MemoryBytes is { } bytes)
            arguments.Add($"--mem={Text((bytes + (1 << 20) - 1) >> 20)}M");
        if (options.Partition is { } partition)
            arguments.Add($"--partition={partition}");
        if (options.Account is { } account)
            arguments.Add($"--account={account}");
        if (options.Time is { } time)
            arguments.Add($"--time={time}");
        return arguments;
    }

    /// <summary>The script.</summary>
    public static string Text(EngineJob job, SlurmOptions options, string logFolder)
    {
        // srun does not take cores from the job by itself.
        string[] launcher = job.Processes == 1 ? [] : ["srun", "--kill-on-bad-exit=1", $"--ntasks={Text(job.Processes)}", .. Resources(job.Resources)];
        string exit = ShellText.Quote(Path.Combine(logFolder, job.Name));

        // Asked to end, the shell waits for the program, which has a checkpoint to write; Slurm asks the program itself.
        return $$"""
            #!/bin/bash
            cd -- {{ShellText.Quote(options.Folder)}} || exit 2
            trap : TERM INT
            {{ShellText.Join([.. launcher, .. job.Command])}}
            code=$?
            printf '%s\n' "$code" > {{exit}}."${SLURM_ARRAY_TASK_ID:-0}".exit
            exit "$code"

            """;
    }

    private static IEnumerable<string> Resources(JobResources resources)
    {
        if (resources.Cores is { } cores)
            yield return $"--cpus-per-task={Text(cores)}";
        if (resources.Gpus > 0)
            yield return $"--gpus-per-task={Text(resources.Gpus)}";
    }

    // For people only; what would break a line or a column of theirs is a blank.
    private static string Shown(string text)
    {
        string shown = new([.. text.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c)]);
        return shown.Length > LongestText ? shown[..LongestText] : shown;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
