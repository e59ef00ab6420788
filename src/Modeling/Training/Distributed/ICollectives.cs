using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>
/// The processes that train one model together, each on its share of every batch. Every member that waits for the others must
/// be called by all of them, in the same order.
/// </summary>
/// <remarks>All of them throw <see cref="LostProcessException"/> where another process is gone or has stopped.</remarks>
public interface ICollectives
{
    /// <summary>This process, from 0. Rank 0 alone writes checkpoints, metrics and results.</summary>
    int Rank { get; }

    /// <summary>How many processes there are, 1 or more.</summary>
    int Count { get; }

    /// <summary>This process among those of its machine, from 0: the index of its CUDA device.</summary>
    int LocalRank { get; }

    /// <summary>How many processes share the processor cores that this one sees, 1 or more.</summary>
    int CoreSharers { get; }

    /// <summary>A process in words: <c>rank 1 (node07, process 4711)</c>.</summary>
    string Name(int rank);

    /// <summary>Waits until every process has given a text.</summary>
    /// <returns>The texts by rank.</returns>
    IReadOnlyList<string> Gather(string mine);

    /// <summary>Overwrites tensors, everywhere of the same shapes, types and device, with those of rank 0.</summary>
    void Broadcast(IReadOnlyList<Tensor> tensors);

    /// <summary>Prepares the averaging of gradients.</summary>
    /// <param name="parameters">The parameters that get gradients, everywhere in the same order.</param>
    IGradientReduction Attach(IReadOnlyList<Tensor> parameters);
}

/// <summary>
/// Averages gradients over all processes while backward goes on. What no process has a gradient for keeps having none;
/// what only some have counts as 0 in the others.
/// </summary>
public interface IGradientReduction : IDisposable
{
    /// <summary>Says that the next backward is a step's last: gradients leave as soon as they are there.</summary>
    void Arm();

    /// <summary>Waits, after that backward, until every gradient is the mean over all processes.</summary>
    void Finish();
}

/// <summary>Another process of the training is gone or has stopped, so that this one cannot go on; the message names it.</summary>
public sealed class LostProcessException(string message) : Exception(message);
