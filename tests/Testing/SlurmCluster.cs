using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Unreel.Testing;

/// <summary>
/// A Slurm of one node on this machine: its own munged, slurmctld and slurmd, with their own configuration, ports and folder, beside any other.
/// It ends with the fixture, and with the test process however that ends: a shell holds it and waits for the closing of a pipe.
/// </summary>
public sealed class SlurmCluster : IAsyncDisposable
{
    // Root, since slurmd starts jobs as their users. Nothing is asked of systemd or a configured host name, and no cgroup is used: the plugin is named because Debian's build insists on one.
    private const string Holder = """
        set -u
        f=$1 ctl=$2 d=$3
        cd "$f" || exit 1
        mkdir -m 755 state spool log
        mkdir -m 700 key
        dd if=/dev/urandom of=key/munge.key bs=1024 count=1 2>/dev/null
        chmod 400 key/munge.key
        cores=$(nproc)
        cat >slurm.conf <<END
        ClusterName=unreel
        SlurmctldHost=$(hostname -s)(127.0.0.1)
        SlurmUser=root
        SlurmctldPort=$ctl
        SlurmdPort=$d
        AuthType=auth/munge
        AuthInfo=socket=$f/munge.socket
        CryptoType=crypto/munge
        StateSaveLocation=$f/state
        SlurmdSpoolDir=$f/spool
        SlurmctldPidFile=$f/slurmctld.pid
        SlurmdPidFile=$f/slurmd.pid
        SlurmctldLogFile=$f/log/slurmctld.log
        SlurmdLogFile=$f/log/slurmd.log
        ProctrackType=proctrack/linuxproc
        TaskPlugin=task/none
        JobAcctGatherType=jobacct_gather/none
        AccountingStorageType=accounting_storage/none
        SelectType=select/cons_tres
        SelectTypeParameters=CR_Core
        SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0,sched_min_interval=100000
        SlurmdParameters=config_overrides
        MpiDefault=none
        SwitchType=switch/none
        ReturnToService=2
        KillWait=20
        MinJobAge=300
        InactiveLimit=0
        NodeName=$(hostname -s) NodeAddr=127.0.0.1 CPUs=$((cores > 4 ? cores : 4)) RealMemory=1000 State=UNKNOWN
        PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
        END
        printf 'CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n' >cgroup.conf
        export SLURM_CONF=$f/slurm.conf
        munged --foreground --force --socket="$f/munge.socket" --key-file="$f/key/munge.key" --pid-file="$f/munged.pid" \
          --log-file="$f/log/munged.log" --seed-file="$f/key/munged.seed" </dev/null >log/munged.out 2>&1 & munged=$!
        for i in $(seq 100); do [ -S munge.socket ] && break; sleep 0.1; done
        slurmctld -D </dev/null >log/slurmctld.out 2>&1 & slurmctld=$!
        slurmd -D -N "$(hostname -s)" </dev/null >log/slurmd.out 2>&1 & slurmd=$!
        cat >/dev/null
        timeout 10 scancel --quiet --user="$(id -un)" 2>/dev/null
        for i in $(seq 60); do [ -z "$(timeout 5 squeue -h 2>/dev/null)" ] && break; sleep 0.5; done
        kill "$slurmd" "$slurmctld" "$munged" 2>/dev/null
        wait
        """;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder;
    private readonly Process _process;

    private SlurmCluster(Process process, TemporaryFolder folder) => (_process, _folder) = (process, folder);

    /// <summary>Why tests that need it are skipped; null where it can be set up.</summary>
    public static string? Missing { get; } = WhyNot();

    /// <summary>What programs of Slurm need in their environment to mean this cluster.</summary>
    public KeyValuePair<string, string> Environment => new("SLURM_CONF", Path.Combine(_folder.Path, "slurm.conf"));

    /// <summary>Starts it, and waits until its node takes jobs.</summary>
    public static async Task<SlurmCluster> StartAsync()
    {
        TemporaryFolder folder = new();
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        (int control, int node) = FreePorts();
        ProcessStartInfo start = new("/bin/bash", ["-c", Holder, "slurm", folder.Path, $"{control}", $"{node}"]) { RedirectStandardInput = true };
        SlurmCluster cluster = new(Process.Start(start)!, folder);
        await cluster.UntilReadyAsync();
        return cluster;
    }

    /// <summary>Runs a program of Slurm's.</summary>
    public async Task<string> RunAsync(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[Environment.Key] = Environment.Value;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output + await error;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private static string? WhyNot()
    {
        if (!System.Environment.IsPrivilegedProcess)
            return "Slurm's daemons must be started by root; run the tests as root to have a cluster set up.";

        string[] folders = [.. (System.Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':'), "/usr/sbin"];
        string[] missing = [.. new[] { "munged", "slurmctld", "slurmd", "sbatch", "srun" }.Where(program => !folders.Any(folder => File.Exists(Path.Combine(folder, program))))];
        return missing.Length == 0 ? null : $"Slurm is absent ({string.Join(", ", missing)}): apt-get install slurm-wlm munge.";
    }

    private static (int Control, int Node) FreePorts()
    {
        using TcpListener one = new(IPAddress.Loopback, 0), other = new(IPAddress.Loopback, 0);
        one.Start();
        other.Start();
        return (((IPEndPoint)one.LocalEndpoint).Port, ((IPEndPoint)other.LocalEndpoint).Port);
    }

    private async Task UntilReadyAsync()
    {
        string said = string.Empty;
        for (Stopwatch waited = Stopwatch.StartNew(); waited.Elapsed < Longest && !_process.HasExited; await Task.Delay(200))
        {
            said = await RunAsync("sinfo", "--noheader", "--format=%T");
            if (said.Trim() == "idle")
                return;
        }

        string logs = string.Join('\n', Directory.GetFiles(Path.Combine(_folder.Path, "log")).Select(file => $"{Path.GetFileName(file)}: {File.ReadAllText(file)}"));
        await DisposeAsync();
        throw new InvalidOperationException($"Slurm did not come up; sinfo says '{said.Trim()}'.\n{logs}");
    }
}
