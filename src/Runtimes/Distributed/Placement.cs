using System.Globalization;
using System.Net;
using Unreel.Modeling;

namespace Unreel.Distributed;

/// <summary>One process's place among those that train together, as its environment tells it.</summary>
/// <param name="Rank">This process, from 0.</param>
/// <param name="Count">All processes.</param>
/// <param name="LocalRank">This process among those of its machine, from 0.</param>
/// <param name="CoreSharers">How many processes share the cores that this one sees.</param>
/// <param name="Address">Where rank 0 listens.</param>
/// <param name="Port">On which port.</param>
/// <param name="IsLaunched">Whether a <see cref="Launcher"/> started it, and listens in place of rank 0.</param>
public sealed record Placement(int Rank, int Count, int LocalRank, int CoreSharers, string Address, int Port, bool IsLaunched = false)
{
    /// <summary>Set by a <see cref="Launcher"/>.</summary>
    internal const string LaunchedVariable = "UNREEL_LAUNCHED";

    /// <summary>Whether rank 0 listens where only its own machine can call.</summary>
    public bool IsOnLoopback => Address == "localhost" || (IPAddress.TryParse(Address, out IPAddress? parsed) && IPAddress.IsLoopback(parsed));

    private const int LowestSlurmPort = 20000;
    private const int SlurmPorts = 20000;

    /// <summary>
    /// Reads torchrun's names (RANK, WORLD_SIZE, LOCAL_RANK, LOCAL_WORLD_SIZE, MASTER_ADDR, MASTER_PORT), else those that Slurm's
    /// srun sets for the tasks of a step. A batch script's own SLURM_NTASKS is no step: a program started there without srun is alone.
    /// </summary>
    /// <param name="variable">Gives an environment variable, or null.</param>
    /// <param name="processors">Logical processors that this process may run on.</param>
    /// <returns>The place, or null for a process that is alone.</returns>
    /// <exception cref="ModelException">A variable is missing, no number, or out of range.</exception>
    public static Placement? Read(Func<string, string?> variable, int processors)
    {
        Variables variables = new(variable);
        Placement? found = variables.Text("WORLD_SIZE") is not null || variables.Text("RANK") is not null ? OfTorchrun(variables)
            : variables.Text("SLURM_STEP_ID") is not null && variables.Text("SLURM_PROCID") is not null ? OfSlurm(variables, processors)
            : null;
        return found is { Count: > 1 } ? found : null;
    }

    private static Placement OfTorchrun(Variables variables)
    {
        int count = variables.Number("WORLD_SIZE", 1, int.MaxValue);
        int rank = variables.Number("RANK", 0, count - 1);
        if (count == 1)
            return new Placement(0, 1, 0, 1, string.Empty, 0);

        int local = variables.Number("LOCAL_RANK", 0, count - 1, or: 0);
        int port = variables.Number("MASTER_PORT", 1, ushort.MaxValue);

        // torchrun's own store listens on the port that it names.
        if (variables.Text("TORCHELASTIC_USE_AGENT_STORE") == "True")
            port = port < ushort.MaxValue ? port + 1 : port - 1;
        return new Placement(rank, count, local, variables.Number("LOCAL_WORLD_SIZE", 1, count, or: 1), variables.Required("MASTER_ADDR"), port, variables.Text(LaunchedVariable) is not null);
    }

    private static Placement OfSlurm(Variables variables, int processors)
    {
        int count = variables.Number(variables.Text("SLURM_STEP_NUM_TASKS") is null ? "SLURM_NTASKS" : "SLURM_STEP_NUM_TASKS", 1, int.MaxValue);
        int rank = variables.Number("SLURM_PROCID", 0, count - 1);
        int local = variables.Number("SLURM_LOCALID", 0, count - 1, or: 0);
        string address = variables.Text("MASTER_ADDR") ?? NodeList.First(variables.Text("SLURM_STEP_NODELIST") ?? variables.Text("SLURM_JOB_NODELIST") ?? variables.Required("SLURM_NODELIST"));
        int job = variables.Number("SLURM_JOB_ID", 0, int.MaxValue, or: 0);
        int step = variables.Number("SLURM_STEP_ID", 0, int.MaxValue, or: 0);
        int port = LowestSlurmPort + (int)((((long)job * 101) + step) % SlurmPorts);
        int sharers = variables.TasksOfNode(count);

        // Where srun binds tasks to cores, each sees its own only.
        if (processors < variables.Number("SLURM_CPUS_ON_NODE", 1, int.MaxValue, or: 1))
            sharers = 1;
        return new Placement(rank, count, local, sharers, address, variables.Number("MASTER_PORT", 1, ushort.MaxValue, or: port));
    }

    private sealed class Variables(Func<string, string?> variable)
    {
        public string? Text(string name) => variable(name) is { Length: > 0 } text ? text : null;

        public string Required(string name) => Text(name)
            ?? throw new ModelException($"The environment variable {name} is missing; a process of several needs it (see --nproc for processes on one machine).");

        // Of "4(x2),1", what most nodes have.
        public int TasksOfNode(int count)
        {
            string digits = string.Concat((Text("SLURM_STEP_TASKS_PER_NODE") ?? "1").TakeWhile(char.IsAsciiDigit));
            return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int tasks) ? Math.Clamp(tasks, 1, count) : 1;
        }

        public int Number(string name, int lowest, int highest, int? or = null)
        {
            if (or is { } fallback && Text(name) is null)
                return fallback;

            string text = Required(name);
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= lowest && number <= highest
                ? number
                : throw new ModelException($"The environment variable {name} is '{text}'; expected a whole number from {lowest} to {highest}.");
        }
    }
}
