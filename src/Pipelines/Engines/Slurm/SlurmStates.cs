using System.Globalization;

namespace Unreel.Pipelines;

/// <summary>A task of a job, or several that wait together.</summary>
/// <param name="State">Slurm's word, e.g. <c>RUNNING</c>.</param>
/// <param name="ExitCode">The exit code, where it is over.</param>
/// <param name="Reason">Why it waits or ended, in Slurm's words.</param>
internal sealed record SlurmTask(string State, int? ExitCode, string Reason);

/// <summary>Makes one status of a job's tasks.</summary>
internal static class SlurmStates
{
    private static readonly HashSet<string> WaitingStates = ["PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "SPECIAL_EXIT", "RESV_DEL_HOLD"];
    private static readonly HashSet<string> RunningStates = ["RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "SIGNALING", "STAGE_OUT", "RESIZING"];

    /// <summary>Sums up; nothing is over before all tasks are.</summary>
    public static JobStatus Sum(IReadOnlyList<SlurmTask> tasks)
    {
        bool isRunning = tasks.Any(task => RunningStates.Contains(task.State));
        bool isWaiting = tasks.Any(task => WaitingStates.Contains(task.State));
        if (isRunning || isWaiting)
            return new JobStatus(isRunning || tasks.Any(IsOver) ? JobState.Running : JobState.Waiting, Reason: tasks.First(task => !IsOver(task)).Reason);

        // A program that was asked to end and said so counts as cancelled, as it does here; what failed before the others were cancelled is to blame.
        SlurmTask? failed = tasks.FirstOrDefault(task => task.State is not ("COMPLETED" or "CANCELLED")) ?? tasks.FirstOrDefault(task => task.State == "CANCELLED");
        return failed switch
        {
            null => new JobStatus(JobState.Done, 0),
            { State: "CANCELLED" } => new JobStatus(JobState.Cancelled, ExitCodes.Cancelled, failed.Reason is "" or "None" ? failed.State : $"{failed.State}, {failed.Reason}"),
            _ => new JobStatus(JobState.Failed, failed.ExitCode is 0 ? null : failed.ExitCode, failed.State),
        };
    }

    /// <summary>Reads <c>squeue --Format</c> of the columns that <see cref="QueueFormat"/> names.</summary>
    /// <returns>The tasks by the number of their job.</returns>
    public static ILookup<string, SlurmTask> ReadQueue(string output) => output.Split('\n')
        .Where(line => line.Length > JobWidth)
        .Select(line => (Job: Base(Column(line, 0, JobWidth)), Task: new SlurmTask(Column(line, JobWidth, StateWidth), ExitCode(Column(line, JobWidth + StateWidth, CodeWidth)), Column(line, JobWidth + StateWidth + CodeWidth, ReasonWidth))))
        .ToLookup(pair => pair.Job, pair => pair.Task, StringComparer.Ordinal);

    /// <summary>Reads <c>sacct --parsable2</c> of job, state and exit code.</summary>
    public static ILookup<string, SlurmTask> ReadAccounting(string output) => output.Split('\n')
        .Select(line => line.Split('|'))
        .Where(parts => parts.Length == 3)
        .Select(parts => (Job: Base(parts[0]), Task: new SlurmTask(parts[1].Split(' ')[0], AccountedCode(parts[2]), string.Empty)))
        .ToLookup(pair => pair.Job, pair => pair.Task, StringComparer.Ordinal);

    /// <summary>The columns to ask squeue for; by their widths, since reasons hold any character.</summary>
    public static string QueueFormat { get; } = string.Create(CultureInfo.InvariantCulture, $"JobArrayID:{JobWidth},State:{StateWidth},exit_code:{CodeWidth},ReasonList:{ReasonWidth}");

    /// <summary>The columns to ask squeue for where jobs are looked for by their comment.</summary>
    public static string CommentFormat { get; } = string.Create(CultureInfo.InvariantCulture, $"JobArrayID:{JobWidth},Comment:{CommentWidth}");

    /// <summary>Reads the columns that <see cref="CommentFormat"/> names; an array is one job.</summary>
    public static IEnumerable<(string Job, string Comment)> ReadComments(string output) => output.Split('\n')
        .Where(line => line.Length > JobWidth)
        .Select(line => (Base(Column(line, 0, JobWidth)), Column(line, JobWidth, CommentWidth)));

    private const int CommentWidth = 240;
    private const int JobWidth = 64;
    private const int StateWidth = 24;
    private const int CodeWidth = 24;
    private const int ReasonWidth = 120;

    private static bool IsOver(SlurmTask task) => !WaitingStates.Contains(task.State) && !RunningStates.Contains(task.State);

    private static string Column(string line, int at, int width) => at >= line.Length ? string.Empty : line[at..Math.Min(line.Length, at + width)].Trim();

    // Of 12_3 and 12_[0-7%2] the number of the whole array.
    private static string Base(string id) => id.Split('_', '.', '+')[0];

    // As wait(2) has it: the exit code in the upper byte, the signal below.
    private static int? ExitCode(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int status) ? status >> 8 : null;

    // CODE:SIGNAL.
    private static int? AccountedCode(string text) => int.TryParse(text.Split(':')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int code) ? code : null;
}
