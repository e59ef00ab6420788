using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>One process alone: nothing to exchange.</summary>
public sealed class SingleProcess : ICollectives
{
    private SingleProcess()
    {
    }

    /// <summary>The only one there need be.</summary>
    public static SingleProcess Instance { get; } = new();

    /// <inheritdoc/>
    public int Rank => 0;

    /// <inheritdoc/>
    public int Count => 1;

    /// <inheritdoc/>
    public int LocalRank => 0;

    /// <inheritdoc/>
    public int CoreSharers => 1;

    /// <inheritdoc/>
    public string Name(int rank) => "this process";

    /// <inheritdoc/>
    public IReadOnlyList<string> Gather(string mine) => [mine];

    /// <inheritdoc/>
    public void Broadcast(IReadOnlyList<Tensor> tensors)
    {
    }

    /// <inheritdoc/>
    public IGradientReduction Attach(IReadOnlyList<Tensor> parameters) => new Nothing();

    private sealed class Nothing : IGradientReduction
    {
        public void Arm()
        {
        }

        public void Finish()
        {
        }

        public void Dispose()
        {
        }
    }
}
