using System.ComponentModel.DataAnnotations;

namespace Unreel.Modeling;

/// <summary>How gradients become updates.</summary>
public enum OptimiserKind
{
    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter, "Decoupled weight decay regularization", 2019).</summary>
    AdamW,

    /// <summary>Gradient descent with momentum.</summary>
    Sgd,
}

/// <summary>The optimiser, by default AdamW as VideoMAE sets it.</summary>
public sealed record OptimiserSettings
{
    /// <summary>The method. Default AdamW.</summary>
    public OptimiserKind Kind { get; init; }

    /// <summary>Share of the last update that SGD keeps. Default .9.</summary>
    [Range(0.0, 0.99999)]
    public double Momentum { get; init; } = 0.9;

    /// <summary>AdamW's decay of the running mean of gradients. Default .9.</summary>
    [Range(0.0, 0.99999)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>AdamW's decay of the running mean of squared gradients. Default .999; pre-training uses .95.</summary>
    [Range(0.0, 0.99999)]
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to AdamW's denominator. Default 1e-8.</summary>
    [Range(1e-12, 1.0)]
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Weight decay of matrices; biases, norms and the mask token have none. Default .05.</summary>
    [Range(0.0, 10.0)]
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Rate of each layer as a share of the one above it. Default 1: all the same.</summary>
    [Range(0.01, 1.0)]
    public double LayerDecay { get; init; } = 1;

    /// <summary>Largest norm of all gradients together; larger ones are scaled down. Default null: no limit.</summary>
    [Range(1e-6, 1e6)]
    public double? ClipNorm { get; init; }
}
