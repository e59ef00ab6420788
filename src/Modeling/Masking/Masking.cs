using Unreel.Video;

namespace Unreel.Modeling;

/// <summary>The tokens of one clip, split.</summary>
/// <param name="Visible">Numbers of the tokens that the encoder sees, ascending.</param>
/// <param name="Hidden">Numbers of the tokens to predict, ascending.</param>
public sealed record TokenMask(int[] Visible, int[] Hidden);

/// <summary>Draws the mask of each sample with a strategy, as a function of seed and sample number alone.</summary>
public sealed class Masking
{
    private const string Purpose = "mask";
    private readonly IMaskStrategy _strategy;
    private readonly VideoTransformerShape _shape;
    private readonly ulong _seed;

    /// <summary>Prepares a strategy for one shape.</summary>
    /// <exception cref="ModelException">The strategy would hide all tokens or none.</exception>
    public Masking(IMaskStrategy strategy, VideoTransformerShape shape, ulong seed)
    {
        (_strategy, _shape, _seed) = (strategy, shape, seed);
        VisibleTokens = strategy.CountVisible(shape);
        if (VisibleTokens <= 0 || VisibleTokens >= shape.Tokens)
            throw new ModelException($"The '{strategy.Name}' mask leaves {VisibleTokens} of {shape.Tokens} tokens visible; it must leave at least one and hide at least one. Choose another mask ratio.");
    }

    /// <summary>Visible tokens of every clip.</summary>
    public int VisibleTokens { get; }

    /// <summary>Draws the mask of one sample.</summary>
    public TokenMask Draw(long sample, ReadOnlyMemory<byte> pixels)
    {
        bool[] hidden = new bool[_shape.Tokens];
        var random = new RandomStream(_seed, Purpose, (ulong)sample);
        _strategy.Draw(new MaskInput(_shape, pixels), ref random, hidden);
        var mask = new TokenMask(Where(hidden, false), Where(hidden, true));
        return mask.Visible.Length == VisibleTokens
            ? mask
            : throw new InvalidOperationException($"The '{_strategy.Name}' mask left {mask.Visible.Length} tokens visible instead of {VisibleTokens}.");
    }

    private static int[] Where(bool[] hidden, bool value) => [.. Enumerable.Range(0, hidden.Length).Where(token => hidden[token] == value)];
}
