using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>What is trained: the part in which pre-training and fine-tuning differ.</summary>
internal interface ITrainingTask : IDisposable
{
    /// <summary>The module whose parameters are trained, on its device, with its first values.</summary>
    nn.Module Model { get; }

    /// <summary>What a checkpoint must hold beside the optimiser's state. Default every parameter; a task whose parameters are partly fixed leaves those out.</summary>
    IReadOnlyList<(string Name, Tensor Tensor)> State => [.. Parameters.Of(Model).Select(entry => (entry.Name, (Tensor)entry.Parameter))];

    /// <summary>The parameters in groups.</summary>
    IReadOnlyList<LayerGroup> Groups(OptimiserSettings settings);

    /// <summary>Makes the batch of samples from <paramref name="first"/>; called on worker threads.</summary>
    ClipBatch Read(long first, int count, CancellationToken ct);

    /// <summary>The loss of a batch, a scalar with a gradient. Called inside a dispose scope that ends with the step.</summary>
    Tensor Loss(ClipBatch batch, long step);

    /// <summary>What the last loss was made of, before weights; empty where it is one thing. Default empty.</summary>
    IReadOnlyList<LossPart> Parts => [];
}

/// <summary>One part of a loss.</summary>
/// <param name="Name">What it is, e.g. a target's name.</param>
/// <param name="Value">Its value before it is weighted.</param>
internal readonly record struct LossPart(string Name, double Value);
