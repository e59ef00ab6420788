using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Unreel.Distributed.Tests;
using Unreel.Testing;

namespace Unreel.Cli.Tests;

/// <summary>Several processes that train together, started as a user would start them.</summary>
public sealed class ManyProcessesTests : IDisposable
{
    // What sums in another order differ by, as measured, times ten.
    private const double Rounding = 1e-5;

    private const string Pipeline = """
        name: many
        stages:
          synthesize:
            options: { count: 12, size: 32, seed: 1 }
          motions:
            stage: synthesize
            options: { kind: motions, count: 16, size: 32, frames: 16, seed: 2 }
          pretrain:
            options:
              clips: ${synthesize}
              shape: { frames: 4, image_size: 32, tubelet_size: 2, patch_size: 8, width: 24, depth: 2, heads: 2, mlp_width: 48, decoder_width: 16, decoder_depth: 1, decoder_heads: 2 }
              steps: 12
              batch_size: 4
              threads: 1
              checkpoint_interval: 0.2s
          finetune:
            options: { encoder: "${pretrain}", clips: "${motions}", steps: 6, batch_size: 4, test_clips: 1, threads: 1, split: { folds: 2 } }
        """;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ManyProcessesFact]
    public async Task A_pipeline_in_two_processes_has_the_losses_of_one()
    {
        ProgramResult one = await UnreelProgram.RunAsync(Folder("one"), "run", "many.yaml");
        ProgramResult two = await UnreelProgram.RunAsync(Folder("two"), "run", "many.yaml", "--nproc", "2");
        ProgramResult again = await UnreelProgram.RunAsync(Folder("two"), "run", "many.yaml", "--nproc", "2");
        ProgramResult slurm = await Together("two", Slurm(0), Slurm(1), "run", "many.yaml");

        Assert.All([one, two, again, slurm], result => Assert.True(result.Code == 0, result.ToString()));
        Assert.Contains("finetune: up to date", again.Error, StringComparison.Ordinal);
        Assert.Contains("finetune: up to date", slurm.Error, StringComparison.Ordinal);
        foreach (string stage in (string[])["pretrain", "finetune"])
        {
            double[] expected = await LossesAsync("one", stage), actual = await LossesAsync("two", stage);
            Assert.Equal(expected.Length, actual.Length);
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, Rounding * pair.First));
        }
    }

    [ManyProcessesFact]
    public async Task Processes_that_die_stop_the_others_by_name_and_the_run_ends_as_if_nothing_had_happened()
    {
        string[] command = ["run", "many.yaml", "--only", "pretrain", "--set", "pretrain.steps=400"];
        string[] launched = [.. command, "--nproc", "2"];
        await UnreelProgram.RunAsync(Folder("quiet"), "run", "many.yaml", "--only", "synthesize");
        await UnreelProgram.RunAsync(Folder("parts"), "run", "many.yaml", "--only", "synthesize");
        ProgramResult quiet = await UnreelProgram.RunAsync(Folder("quiet"), launched);
        Assert.True(quiet.Code == 0, quiet.ToString());

        using (Process launcher = UnreelProgram.Start(Folder("parts"), launched))
        {
            int victim = await RankAsync(launcher, 1);
            await CheckpointAsync("parts", launcher);
            Kill(victim);
            ProgramResult killed = await UnreelProgram.EndAsync(launcher);
            Assert.Equal(1, killed.Code);
            Assert.Contains($"rank 1 ({Environment.MachineName}, process {victim}) is gone", killed.Error, StringComparison.Ordinal);
            Assert.Contains("run the same command again to go on", killed.Error, StringComparison.Ordinal);
        }

        using (Process launcher = UnreelProgram.Start(Folder("parts"), launched))
        {
            await RankAsync(launcher, 1);
            await CheckpointAsync("parts", launcher);
            Ask(launcher.Id);
            ProgramResult asked = await UnreelProgram.EndAsync(launcher);
            Assert.True(asked.Code == 130, asked.ToString());
        }

        using (Process launcher = UnreelProgram.Start(Folder("parts"), launched))
        {
            int one = await RankAsync(launcher, 1);
            await CheckpointAsync("parts", launcher);
            Ask(one);
            ProgramResult asked = await UnreelProgram.EndAsync(launcher);
            Assert.True(asked.Code == 130, asked.ToString());
        }

        int port = FreePort();
        using (Process first = UnreelProgram.Start(Folder("parts"), Torchrun(0, port), command))
        using (Process second = UnreelProgram.Start(Folder("parts"), Torchrun(1, port), command))
        {
            Task<ProgramResult>[] ends = [UnreelProgram.EndAsync(first), UnreelProgram.EndAsync(second)];
            await CheckpointAsync("parts", first);
            Ask(second.Id);
            Assert.All(await Task.WhenAll(ends), result => Assert.True(result.Code == 130, result.ToString()));
        }

        port = FreePort();
        using (Process first = UnreelProgram.Start(Folder("parts"), Torchrun(0, port), command))
        using (Process second = UnreelProgram.Start(Folder("parts"), Torchrun(1, port), command))
        {
            Task<ProgramResult> left = UnreelProgram.EndAsync(second), gone = UnreelProgram.EndAsync(first);
            await CheckpointAsync("parts", first);
            Kill(first.Id);
            Assert.Equal(137, (await gone).Code);
            Assert.Equal(1, (await left).Code);
            Assert.Contains($"rank 0 ({Environment.MachineName}, process {first.Id}) is gone", (await left).Error, StringComparison.Ordinal);
        }

        ProgramResult last = await UnreelProgram.RunAsync(Folder("parts"), launched);
        Assert.True(last.Code == 0, last.ToString());
        Assert.Equal(await MicroPipeline.TagsAsync(Folder("quiet")), await MicroPipeline.TagsAsync(Folder("parts")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Folder("parts"), ".unreel", "work")));
    }

    [ManyProcessesFact]
    public async Task Processes_with_other_options_are_refused_by_name()
    {
        await UnreelProgram.RunAsync(Folder("unlike"), "run", "many.yaml", "--only", "synthesize");
        int port = FreePort();
        string[] command = ["run", "many.yaml", "--only", "pretrain"];
        using Process first = UnreelProgram.Start(Folder("unlike"), Torchrun(0, port), command);
        using Process second = UnreelProgram.Start(Folder("unlike"), Torchrun(1, port), [.. command, "--set", "pretrain.seed=9"]);

        ProgramResult[] results = await Task.WhenAll(UnreelProgram.EndAsync(first), UnreelProgram.EndAsync(second));

        Assert.Equal([1, 2], results.Select(result => result.Code));
        Assert.Contains($"rank 1 ({Environment.MachineName}, process {second.Id}) has stopped", results[0].Error, StringComparison.Ordinal);
        Assert.Contains("has other options, inputs or version than rank 0", results[1].Error, StringComparison.Ordinal);
    }

    [ManyProcessesTheory]
    [InlineData("pretrain --nproc 0 --clips .", "--nproc is 0")]
    [InlineData("pretrain --nproc 2", "clips")]
    [InlineData("pretrain --nproc 2 --watch --clips .", "--watch")]
    [InlineData("export --nproc 2", "--nproc is no option")]
    [InlineData("pretrain --nproc two --clips .", "'two'")]
    public async Task What_makes_no_sense_is_named(string arguments, string expected)
    {
        ProgramResult result = await UnreelProgram.RunAsync(_folder.Path, arguments.Split(' '));

        Assert.True(result.Code == 2, result.ToString());
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    [ManyProcessesTheory]
    [InlineData("RANK=0 WORLD_SIZE=2 MASTER_PORT=29500", "", "MASTER_ADDR is missing")]
    [InlineData("RANK=3 WORLD_SIZE=2 MASTER_ADDR=127.0.0.1 MASTER_PORT=29500", "", "RANK is '3'")]
    [InlineData("RANK=0 WORLD_SIZE=2 MASTER_ADDR=10.0.0.7 MASTER_PORT=29500", "", "export UNREEL_JOIN_KEY=$(openssl rand -hex 16)")]
    [InlineData("RANK=1 WORLD_SIZE=2 MASTER_ADDR=10.0.0.7 MASTER_PORT=29500 UNREEL_JOIN_KEY=short", "", "UNREEL_JOIN_KEY has 5 characters; expected at least 16")]
    [InlineData("RANK=1 WORLD_SIZE=2 MASTER_ADDR=127.0.0.1 MASTER_PORT=29500", "--nproc 4", "--nproc is 4, but the environment says that this is rank 1 of 2")]
    public async Task An_environment_that_makes_no_sense_is_named(string variables, string arguments, string expected)
    {
        using Process process = UnreelProgram.Start(_folder.Path, Variables(variables), ["pretrain", "--clips", ".", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        ProgramResult result = await UnreelProgram.EndAsync(process);

        Assert.True(result.Code == 2, result.ToString());
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    [ManyProcessesFact]
    public async Task A_process_that_does_not_come_is_named()
    {
        using Process process = UnreelProgram.Start(_folder.Path, [.. Torchrun(0, FreePort()), new("UNREEL_JOIN_SECONDS", "1")], "pretrain", "--clips", ".");

        ProgramResult result = await UnreelProgram.EndAsync(process);

        Assert.True(result.Code == 1, result.ToString());
        Assert.Contains("rank 1 of 2 did not come within 1 s", result.Error, StringComparison.Ordinal);
    }

    private string Folder(string name)
    {
        string folder = Directory.CreateDirectory(_folder.File(name)).FullName;
        File.WriteAllText(Path.Combine(folder, "many.yaml"), Pipeline);
        return folder;
    }

    private async Task<ProgramResult> Together(string folder, Dictionary<string, string> first, Dictionary<string, string> second, params string[] arguments)
    {
        using Process other = UnreelProgram.Start(Folder(folder), second, arguments);
        using Process mine = UnreelProgram.Start(Folder(folder), first, arguments);
        ProgramResult[] results = await Task.WhenAll(UnreelProgram.EndAsync(mine), UnreelProgram.EndAsync(other));
        return results[1].Code == 0 ? results[0] : results[1];
    }

    private async Task<double[]> LossesAsync(string folder, string stage)
    {
        string to = _folder.File(folder, $"{stage}-weights");
        ProgramResult got = await UnreelProgram.RunAsync(Folder(folder), "artifacts", "get", $"weights/many-{stage}", "--out", to);
        Assert.True(got.Code == 0, got.ToString());
        return [.. File.ReadLines(Path.Combine(to, "metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("loss").GetDouble())];
    }

    private static Dictionary<string, string> Torchrun(int rank, int port) => Variables($"RANK={rank} WORLD_SIZE=2 LOCAL_RANK={rank} MASTER_ADDR=127.0.0.1 MASTER_PORT={port}");

    private static Dictionary<string, string> Slurm(int rank) =>
        Variables($"SLURM_JOB_ID={Environment.ProcessId} SLURM_STEP_ID=0 SLURM_NTASKS=2 SLURM_PROCID={rank} SLURM_LOCALID={rank} SLURM_NODELIST=localhost");

    private static Dictionary<string, string> Variables(string text) => text.Split(' ').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The process that a launcher has started as a rank.</summary>
    private static async Task<int> RankAsync(Process launcher, int rank)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            Assert.False(launcher.HasExited, "the launcher ended too soon");
            Assert.True(Stopwatch.GetElapsedTime(began) < Longest, "the launcher started no such process");
            foreach (string process in Directory.GetDirectories("/proc").Where(path => IsRank(path, launcher.Id, rank)))
                return int.Parse(Path.GetFileName(process), CultureInfo.InvariantCulture);
            await Task.Delay(50);
        }
    }

    private static bool IsRank(string process, int parent, int rank)
    {
        try
        {
            return Path.GetFileName(process).All(char.IsAsciiDigit)
                && File.ReadAllText(Path.Combine(process, "stat")).Split(") ")[^1].Split(' ')[1] == parent.ToString(CultureInfo.InvariantCulture)
                && File.ReadAllText(Path.Combine(process, "environ")).Split('\0').Contains($"RANK={rank}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // It has ended meanwhile, or is somebody else's.
        }
    }

    /// <summary>Waits until this run has written a checkpoint.</summary>
    private async Task CheckpointAsync(string folder, Process process)
    {
        string work = Path.Combine(Folder(folder), ".unreel", "work");
        DateTime started = process.StartTime.ToUniversalTime();
        long began = Stopwatch.GetTimestamp();
        while (!Directory.Exists(work) || !Directory.EnumerateFiles(work, "checkpoint.safetensors", SearchOption.AllDirectories).Any(file => File.GetLastWriteTimeUtc(file) > started))
        {
            Assert.False(process.HasExited, "the training ended before it could be disturbed");
            Assert.True(Stopwatch.GetElapsedTime(began) < Longest, "no checkpoint was written");
            await Task.Delay(20);
        }
    }

    private static void Kill(int process) => Judges.Run("/bin/kill", "-9", process.ToString(CultureInfo.InvariantCulture));

    private static void Ask(int process) => Judges.Run("/bin/kill", "-TERM", process.ToString(CultureInfo.InvariantCulture));
}

/// <summary>A fact about several processes; skipped where they cannot train together.</summary>
public sealed class ManyProcessesFactAttribute : FactAttribute
{
    public ManyProcessesFactAttribute() => Skip = ExpectedRuntime.WhyNot();
}

/// <summary>A theory about several processes; skipped where they cannot train together.</summary>
public sealed class ManyProcessesTheoryAttribute : TheoryAttribute
{
    public ManyProcessesTheoryAttribute() => Skip = ExpectedRuntime.WhyNot();
}
