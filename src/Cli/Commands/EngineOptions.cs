using System.CommandLine;
using Unreel.Cli.Hosting;
using Unreel.Distributed;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary>The options of <c>unreel run</c> that hand a pipeline to a cluster.</summary>
internal sealed class EngineOptions
{
    private static readonly Option<bool> AsJob = new("--as-job") { Hidden = true };

    private readonly Option<string?> _on = new("--on") { Description = "Run the stages on a cluster instead of here: slurm. Its nodes must see this folder, and a store that is a folder.", HelpName = "ENGINE" };
    private readonly Option<int> _shards = new("--shards") { Description = "With --on: divide stages into N tasks where that can be (synthesize with files, evaluate, score).", DefaultValueFactory = _ => 1, HelpName = "N" };
    private readonly Option<string?> _partition = new("--partition") { Description = "With --on slurm: the partition." };
    private readonly Option<string?> _account = new("--account") { Description = "With --on slurm: the account that is charged." };
    private readonly Option<string?> _time = new("--time") { Description = "With --on slurm: the longest time of a job, e.g. 8:00:00 or 2-0.", HelpName = "TIME" };
    private readonly Option<int?> _cpus = new("--cpus") { Description = "With --on: cores a process of stages that do not say (resources: cores in the file).", HelpName = "N" };
    private readonly Option<string?> _memory = new("--mem") { Description = "With --on: memory of the jobs of stages that do not say, e.g. 16GiB.", HelpName = "SIZE" };
    private readonly Option<int> _gpus = new("--gpus") { Description = "With --on: GPUs a process of stages that can use one and do not say how many. Default 0: none is asked for.", HelpName = "N" };
    private readonly Option<bool> _wait = new("--wait") { Description = "With --on: wait for the jobs, show what they say, and end as they do; Ctrl+C cancels them. The default." };
    private readonly Option<bool> _noWait = new("--no-wait") { Description = "With --on: hand the jobs over and end." };

    /// <summary>Whether this is a job of a cluster's, started by an engine.</summary>
    public static bool IsJob(ParseResult parsed) => parsed.GetResult(AsJob) is not null && parsed.GetValue(AsJob);

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _on, _shards, _partition, _account, _time, _cpus, _memory, _gpus, _wait, _noWait, AsJob })
            command.Add(option);
    }

    /// <summary>The settings with the engine that was asked for.</summary>
    /// <param name="settings">What else was asked for.</param>
    /// <param name="run">The options of running.</param>
    /// <param name="file">The pipeline file.</param>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="UsageException">There is no such engine, or an option is out of place.</exception>
    public RunSettings Apply(RunSettings settings, RunOptions run, string file, ParseResult parsed)
    {
        if (parsed.GetValue(AsJob))
            settings = settings with { WriteLockFile = false, Record = RunRecording.Never };
        if (parsed.GetValue(_on) is not { } engine)
            return CheckAlone(settings, parsed);
        if (engine != "slurm")
            throw new UsageException($"--on is '{engine}'; expected slurm. For Kubernetes see unreel render k8s.");
        if (settings.Watch is not null || settings.Shard is not null || settings.Parts is not null)
            throw new UsageException("--on hands whole pipelines over once; expected it without --watch, --shard and --parts.");
        if (parsed.GetValue(_wait) && parsed.GetValue(_noWait))
            throw new UsageException("--wait and --no-wait contradict each other; expected one of them.");

        int processes = parsed.GetValue(run.Processes) ?? 1;
        if (processes > 1)
            ManyProcesses.Check(DistributedRuntime.WhyNot(), settings);
        return settings with
        {
            Engine = new EngineSettings
            {
                Engine = new SlurmEngine(Slurm(settings, processes, parsed), TimeProvider.System),
                Shape = new JobShape
                {
                    Command = [.. ManyProcesses.Program(), "run", Path.GetFullPath(file), .. Words("--set", parsed.GetValue(run.Set) ?? []), .. parsed.GetValue(run.LogLevel) is { } level ? Words("--log-level", [level]) : []],
                    Shards = parsed.GetValue(_shards),
                    Processes = processes,
                    Resources = new JobResources(parsed.GetValue(_cpus), parsed.GetValue(_gpus), Bytes(parsed.GetValue(_memory))),
                },
                Wait = !parsed.GetValue(_noWait),
            },
        };
    }

    private RunSettings CheckAlone(RunSettings settings, ParseResult parsed)
    {
        Option? stray = new Option[] { _shards, _partition, _account, _time, _cpus, _memory, _gpus, _wait, _noWait }.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false });
        return stray is null ? settings : throw new UsageException($"{stray.Name} is for a cluster; expected --on slurm beside it.");
    }

    private SlurmOptions Slurm(RunSettings settings, int processes, ParseResult parsed)
    {
        string folder = Directory.GetCurrentDirectory();

        // A store may hold a secret, and processes know each other by one: neither is for command lines, which everybody on a node can read.
        Dictionary<string, string> environment = [];
        if (settings.Store is { } store)
            environment[StoreLocation.Variable] = PipelineFile.StoreLocation(store, folder);
        if (processes > 1 && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(JoinKey.Variable)))
            environment[JoinKey.Variable] = System.Security.Cryptography.RandomNumberGenerator.GetHexString(32, lowercase: true);
        return new SlurmOptions
        {
            Folder = folder,
            Partition = parsed.GetValue(_partition),
            Account = parsed.GetValue(_account),
            Time = parsed.GetValue(_time),
            Environment = environment,
        };
    }

    /// <summary>An amount of memory, or null for none.</summary>
    /// <exception cref="UsageException">It is no amount.</exception>
    internal static long? Bytes(string? text) => text is null ? null
        : MemorySize.TryParse(text, null, out MemorySize size) ? size.Bytes
        : throw new UsageException($"--mem is '{text}'; expected an amount of memory such as 512MiB or 8GiB.");

    private static IEnumerable<string> Words(string option, IEnumerable<string> values) => values.SelectMany(value => (string[])[option, value]);
}
