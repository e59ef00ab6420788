using Unreel.Video;

namespace Unreel.Modeling;

/// <summary>The tokens of one clip, split.</summary>
/// <param name="Visible">Numbers of the tokens that the encoder sees, ascending.</param>
/// <param name="Hidden">Numbers of the tokens that it does not see, ascending.</param>
/// <param name="Predicted">Numbers of the hidden tokens that the decoder predicts, ascending: all of them, unless it has a mask of its own.</param>
public sealed record TokenMask(int[] Visible, int[] Hidden, int[] Predicted);

/// <summary>Draws the mask of each sample with a strategy, as a function of seed and sample number alone.</summary>
public sealed class Masking
{
    private const string Purpose = "mask", DecoderPurpose = "mask.decoder";
    private readonly IMaskStrategy _strategy;
    private readonly IDecoderMask? _decoder;
    private readonly VideoTransformerShape _shape;
    private readonly ulong _seed;

    /// <summary>Prepares a strategy for one shape.</summary>
    /// <param name="strategy">What the encoder does not see.</param>
    /// <param name="shape">The shape of clip and tokens.</param>
    /// <param name="seed">What masks are derived from.</param>
    /// <param name="decoder">Which of the hidden tokens are predicted; null for all.</param>
    /// <exception cref="ModelException">The strategy would hide all tokens or none, or no hidden token would be predicted.</exception>
    public Masking(IMaskStrategy strategy, VideoTransformerShape shape, ulong seed, IDecoderMask? decoder = null)
    {
        (_strategy, _shape, _seed, _decoder) = (strategy, shape, seed, decoder);
        VisibleTokens = strategy.CountVisible(shape);
        PredictedTokens = (int)((decoder?.Share ?? 1) * (shape.Tokens - VisibleTokens));
        if (VisibleTokens <= 0 || VisibleTokens >= shape.Tokens)
            throw new ModelException($"The '{strategy.Name}' mask leaves {VisibleTokens} of {shape.Tokens} tokens visible; it must leave at least one and hide at least one. Choose another mask ratio.");
        if (PredictedTokens == 0)
            throw new ModelException($"The '{decoder!.Name}' decoder mask leaves none of {shape.Tokens - VisibleTokens} hidden tokens to predict. Choose a larger mask ratio, or no decoder mask.");
    }

    /// <summary>Visible tokens of every clip.</summary>
    public int VisibleTokens { get; }

    /// <summary>Predicted tokens of every clip: the decoder mask's share of those that are hidden, rounded down.</summary>
    public int PredictedTokens { get; }

    /// <summary>Draws the mask of one sample.</summary>
    /// <param name="sample">Its number.</param>
    /// <param name="pixels">The clip, uint8 [frame, row, column, channel].</param>
    /// <param name="motion">How its content moves; null where that is not known.</param>
    public TokenMask Draw(long sample, ReadOnlyMemory<byte> pixels, MotionField? motion = null)
    {
        bool[] hidden = new bool[_shape.Tokens];
        var random = new RandomStream(_seed, Purpose, (ulong)sample);
        _strategy.Draw(new MaskInput(_shape, pixels, motion), ref random, hidden);
        int[] unseen = Where(hidden, true);
        var mask = new TokenMask(Where(hidden, false), unseen, _decoder is null ? unseen : Predicted(_decoder, sample, unseen));
        return mask.Visible.Length == VisibleTokens
            ? mask
            : throw new InvalidOperationException($"The '{_strategy.Name}' mask left {mask.Visible.Length} tokens visible instead of {VisibleTokens}.");
    }

    // All clips of a batch predict the same number of tokens: where the two masks meet in more or fewer, some go or come at random.
    private int[] Predicted(IDecoderMask decoder, long sample, int[] hidden)
    {
        bool[] chosen = new bool[_shape.Tokens];
        var random = new RandomStream(_seed, DecoderPurpose, (ulong)sample);
        decoder.Draw(_shape, ref random, chosen);
        int[] order = [.. hidden];
        random.Shuffle(order.AsSpan());
        return [.. order.OrderBy(token => !chosen[token]).Take(PredictedTokens).Order()];
    }

    private static int[] Where(bool[] hidden, bool value) => [.. Enumerable.Range(0, hidden.Length).Where(token => hidden[token] == value)];
}
