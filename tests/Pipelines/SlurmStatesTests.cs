namespace Unreel.Pipelines.Tests;

/// <summary>What Slurm says of jobs, as one status each.</summary>
public sealed class SlurmStatesTests
{
    [Theory]
    [InlineData("COMPLETED:0", JobState.Done, 0)]
    [InlineData("PENDING:0", JobState.Waiting, null)]
    [InlineData("PENDING:0 COMPLETED:0", JobState.Running, null)]
    [InlineData("RUNNING:0 FAILED:2", JobState.Running, null)]
    [InlineData("COMPLETING:0", JobState.Running, null)]
    [InlineData("COMPLETED:0 FAILED:3", JobState.Failed, 3)]
    [InlineData("CANCELLED:0 FAILED:3", JobState.Failed, 3)]
    [InlineData("CANCELLED:0 COMPLETED:0", JobState.Cancelled, 130)]
    [InlineData("TIMEOUT:0", JobState.Failed, null)]
    [InlineData("OUT_OF_MEMORY:0", JobState.Failed, null)]
    [InlineData("NODE_FAIL:1", JobState.Failed, 1)]
    public void Tasks_are_summed_up(string tasks, JobState state, int? code)
    {
        JobStatus status = SlurmStates.Sum([.. tasks.Split(' ').Select(task => new SlurmTask(task.Split(':')[0], int.Parse(task.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture), "None"))]);

        Assert.Equal(state, status.State);
        Assert.Equal(code, status.ExitCode);
    }

    [Fact]
    public void The_queue_is_read_by_its_columns()
    {
        string line = "12_[1-3%2]".PadRight(64) + "PENDING".PadRight(24) + "0".PadRight(24) + "(Reason with | and spaces)".PadRight(120);
        string other = "12_0".PadRight(64) + "FAILED".PadRight(24) + "768".PadRight(24) + "(NonZeroExitCode)".PadRight(120);

        SlurmTask[] tasks = [.. SlurmStates.ReadQueue($"{line}\n{other}\n")["12"]];

        Assert.Equal([new SlurmTask("PENDING", 0, "(Reason with | and spaces)"), new SlurmTask("FAILED", 3, "(NonZeroExitCode)")], tasks);
    }

    [Fact]
    public void Accounting_is_read_with_who_cancelled()
    {
        SlurmTask[] tasks = [.. SlurmStates.ReadAccounting("7_0|CANCELLED by 0|0:15\n7_1|COMPLETED|0:0\n")["7"]];

        Assert.Equal(["CANCELLED", "COMPLETED"], tasks.Select(task => task.State));
    }
}
