using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Unreel.Distributed;
using Unreel.Testing;

namespace Unreel.Cli.Tests;

/// <summary>The Slurm of a test class: set up with its first test and taken down after its last.</summary>
public sealed class SlurmFixture : IAsyncLifetime
{
    private SlurmCluster? _cluster;

    public SlurmCluster Cluster => _cluster ?? throw new InvalidOperationException(SlurmCluster.Missing);

    public async Task InitializeAsync() => _cluster = SlurmCluster.Missing is null ? await SlurmCluster.StartAsync() : null;

    public async Task DisposeAsync()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
    }
}

/// <summary>Pipelines on a real Slurm of one node, set up and torn down here.</summary>
public sealed class SlurmTests(SlurmFixture slurm) : IClassFixture<SlurmFixture>, IDisposable
{
    // How long training takes is not what is looked at.
    private static readonly string[] Brief = LongTests.AreAsked ? [] : ["--set", "pretrain.steps=4", "--set", "finetune.steps=4"];

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(90);

    private readonly TemporaryFolder _folder = new();
    private SlurmCluster Cluster => slurm.Cluster;

    public void Dispose() => _folder.Dispose();

    [SlurmFact]
    public async Task A_pipeline_with_an_array_and_two_processes_ends_with_the_artifacts_of_a_run_here_and_leaves_its_logs_and_a_gate_refuses_as_here()
    {
        string[] processes = DistributedRuntime.WhyNot() is null ? ["--nproc", "2"] : [];
        string here = Folder("here"), there = Folder("the \"other's\" place");
        Good(await UnreelProgram.RunAsync(here, "run", "micro.yaml", "--only", "synthesize", "motions"));
        string[] command = ["run", "micro.yaml", "--on", "slurm", "--shards", "2", "--cpus", "1", .. Brief];
        ProgramResult result = Good(await RunAsync(there, [.. command, .. processes]));

        Assert.Contains("motions: [part 1] done in", result.Error, StringComparison.Ordinal);
        Assert.Contains("evaluate: fetching parts", result.Error, StringComparison.Ordinal);
        Assert.Equal(await ClipsAsync(here), await ClipsAsync(there));
        Assert.Equal(10, Directory.GetFiles(Path.Combine(there, ".unreel", "slurm"), "*.exit", SearchOption.AllDirectories).Length);
        Assert.NotEmpty(Directory.GetFiles(there, "*.lock.json"));
        Assert.Single(Directory.GetFiles(Path.Combine(there, ".unreel", "runs")));

        ProgramResult again = Good(await RunAsync(there, command));
        Assert.DoesNotContain("running", again.Error, StringComparison.Ordinal);
        Assert.Contains("evaluate: up to date", again.Error, StringComparison.Ordinal);

        ProgramResult refused = await RunAsync(there, ["run", "micro.yaml", "--on", "slurm", .. Brief, "--set", "evaluate.min_top1=1"]);
        Assert.True(refused.Code == 3, refused.ToString());
        Assert.Contains("min_top1", refused.Error, StringComparison.Ordinal);
    }

    [SlurmFact]
    public async Task Being_asked_to_stop_cancels_the_jobs_and_the_same_command_takes_the_work_up()
    {
        string folder = Folder("stopped");
        string[] command = ["run", "micro.yaml", "--on", "slurm", "--cpus", "1", "--only", "synthesize", "pretrain", "--set", $"pretrain.steps={LongTests.Count(300, 1000)}"];
        using (Process process = UnreelProgram.Start(folder, [Cluster.Environment], command))
        {
            Task<ProgramResult> end = UnreelProgram.EndAsync(process);
            await UntilAsync(() => Directory.Exists(Path.Combine(folder, ".unreel", "work")) && Directory.GetFiles(Path.Combine(folder, ".unreel", "work"), "*", SearchOption.AllDirectories).Any(file => file.Contains("checkpoint", StringComparison.Ordinal)), end);
            Process.Start("kill", $"-TERM {process.Id}").WaitForExit();
            ProgramResult stopped = await end;
            Assert.True(stopped.Code == 130, stopped.ToString());
            Assert.Contains("is asked to end", stopped.Error, StringComparison.Ordinal);
        }

        Assert.Empty((await Cluster.RunAsync("squeue", "--noheader")).Trim());
        ProgramResult after = Good(await RunAsync(folder, command));
        Assert.Contains("pretrain: done", after.Error, StringComparison.Ordinal);
    }

    [SlurmFact]
    public async Task Jobs_that_somebody_cancels_end_the_run_and_those_after_them_never_begin_and_what_sbatch_refuses_is_told()
    {
        string folder = Folder("failing");
        ProgramResult cancelled = await CancelledByAnotherAsync(folder);
        Assert.True(cancelled.Code == 130, cancelled.ToString());
        Assert.Empty((await Cluster.RunAsync("squeue", "--noheader")).Trim());

        ProgramResult unheard = await RunAsync(folder, ["run", "micro.yaml", "--on", "slurm", "--partition", "no such", "--force"]);
        Assert.True(unheard.Code == 1, unheard.ToString());
        Assert.Contains("sbatch does not take synthesize", unheard.Error, StringComparison.Ordinal);
    }

    [SlurmFact]
    public async Task A_command_that_does_not_wait_leaves_the_jobs_to_the_cluster()
    {
        string folder = Folder("left");
        ProgramResult left = Good(await RunAsync(folder, ["run", "micro.yaml", "--on", "slurm", "--no-wait", "--only", "synthesize", "motions"]));
        Assert.Contains("submitted", left.Error, StringComparison.Ordinal);
        for (Stopwatch waited = Stopwatch.StartNew(); (await Cluster.RunAsync("squeue", "--noheader")).Trim().Length > 0; await Task.Delay(500))
            Assert.True(waited.Elapsed < Longest, "The jobs did not end.");

        ProgramResult after = Good(await UnreelProgram.RunAsync(folder, "run", "micro.yaml", "--only", "synthesize", "motions"));
        Assert.Contains("motions: up to date", after.Error, StringComparison.Ordinal);
    }

    private static ProgramResult Good(ProgramResult result)
    {
        Assert.True(result.Code == 0, result.ToString());
        return result;
    }

    // What training in two processes rounds otherwise is not compared.
    private static async Task<string[]> ClipsAsync(string folder)
    {
        ProgramResult listed = Good(await UnreelProgram.RunAsync(folder, "artifacts", "ls", "--json"));
        JsonNode[] lines = [.. listed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
        return [.. lines.Where(line => (string?)line["kind"] == "clips").Select(line => (string)line["digest"]!)];
    }

    private static async Task UntilAsync(Func<bool> isSo, Task<ProgramResult> end)
    {
        for (Stopwatch waited = Stopwatch.StartNew(); !isSo(); await Task.Delay(100))
            Assert.True(!end.IsCompleted && waited.Elapsed < Longest, end.IsCompleted ? $"The run ended early: {await end}" : "It took too long.");
    }

    private async Task<ProgramResult> CancelledByAnotherAsync(string folder)
    {
        using Process process = UnreelProgram.Start(folder, [Cluster.Environment], "run", "micro.yaml", "--on", "slurm", "--only", "synthesize", "motions", "pretrain", "finetune", "--set", "pretrain.steps=100000");
        Task<ProgramResult> end = UnreelProgram.EndAsync(process);
        string id = string.Empty;
        for (Stopwatch waited = Stopwatch.StartNew(); id.Length == 0; await Task.Delay(200))
        {
            Assert.True(!end.IsCompleted && waited.Elapsed < Longest, "pretrain did not begin.");
            id = (await Cluster.RunAsync("squeue", "--noheader", "--states=RUNNING", "--name=unreel-micro-pretrain", "--format=%i")).Trim();
        }

        Assert.True(int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out _), id);
        await Cluster.RunAsync("scancel", id);
        return await end;
    }

    private Task<ProgramResult> RunAsync(string folder, string[] arguments) =>
        UnreelProgram.EndAsync(UnreelProgram.Start(folder, [Cluster.Environment], arguments));

    private string Folder(string name)
    {
        string folder = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(folder);
        MicroPipeline.Write(folder);
        return folder;
    }
}
