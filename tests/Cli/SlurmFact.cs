using Unreel.Testing;

namespace Unreel.Cli.Tests;

/// <summary>A fact that sets up a Slurm of its own; skipped, saying so, where that cannot be.</summary>
public sealed class SlurmFactAttribute : FactAttribute
{
    public SlurmFactAttribute() => Skip = SlurmCluster.Missing;
}
