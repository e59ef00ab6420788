using System.ComponentModel.DataAnnotations;
using Unreel.Video;

namespace Unreel.Modeling;

/// <summary>
/// Masks that the model itself decides (Bandara et al., "AdaMAE", 2023): visible tokens are drawn without replacement by the chances that
/// a sampler network gives them, and the sampler learns to show what is hard to predict.
/// </summary>
public sealed record AdaptiveMask
{
    /// <summary>The name in options.</summary>
    public const string Name = "adaptive";

    /// <summary>The share of the tokens that is hidden: the integer part of (1 - ratio) x tokens are visible. Default .95.</summary>
    [Range(0.01, 0.99)]
    public double Ratio { get; init; } = 0.95;

    /// <summary>What the sampler's loss is multiplied by. Default 1e-4.</summary>
    [Range(0.0, 1e3)]
    public double LossWeight { get; init; } = 1e-4;

    /// <summary>The visible tokens of every clip.</summary>
    public int CountVisible(VideoTransformerShape shape)
    {
        // The slack keeps a ratio of .9 of 160 tokens from leaving 15 of the 16 that are meant.
        const double Slack = 1e-9;
        return (int)(((1 - Ratio) * shape.Tokens) + Slack);
    }

    /// <summary>
    /// Draws the visible tokens: those whose logarithm of probability, plus a number of Gumbel's distribution of their own, is largest.
    /// That is drawing without replacement (Kool et al., "Stochastic beams and where to find them", 2019).
    /// </summary>
    /// <param name="logProbabilities">One a token.</param>
    /// <param name="visible">How many to draw.</param>
    /// <param name="random">The clip's own random numbers.</param>
    /// <returns>One entry a token: whether it is hidden.</returns>
    internal static bool[] Draw(ReadOnlySpan<float> logProbabilities, int visible, ref RandomStream random)
    {
        double[] keys = new double[logProbabilities.Length];
        for (int token = 0; token < keys.Length; token++)
            keys[token] = logProbabilities[token] - Math.Log(-Math.Log(random.NextDouble()));

        bool[] hidden = new bool[keys.Length];
        Array.Fill(hidden, true);
        foreach (int token in Enumerable.Range(0, keys.Length).OrderByDescending(token => keys[token]).Take(visible))
            hidden[token] = false;
        return hidden;
    }
}

/// <summary>A mask that is known already, for what else <see cref="Masking"/> does with one.</summary>
/// <param name="name">What to call it in messages.</param>
/// <param name="hidden">One entry a token.</param>
internal sealed class GivenMask(string name, bool[] hidden) : IMaskStrategy
{
    public string Name => name;

    public int CountVisible(VideoTransformerShape shape) => hidden.Count(isHidden => !isHidden);

    public void Draw(MaskInput input, ref RandomStream random, Span<bool> mask) => hidden.CopyTo(mask);
}
