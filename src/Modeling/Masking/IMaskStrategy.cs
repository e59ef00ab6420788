using Unreel.Video;

namespace Unreel.Modeling;

/// <summary>What a masking strategy may look at.</summary>
/// <param name="Shape">The shape of clip and tokens.</param>
/// <param name="Pixels">The clip, uint8 [frame, row, column, channel].</param>
/// <param name="Motion">How its content moves, as <see cref="IMaskStrategy.Motion"/> asked; null where that is not known.</param>
public readonly record struct MaskInput(VideoTransformerShape Shape, ReadOnlyMemory<byte> Pixels, MotionField? Motion = null);

/// <summary>Chooses the tokens that the encoder does not see. One small class each, named in options.</summary>
public interface IMaskStrategy
{
    /// <summary>The name in options, e.g. <c>tube</c>.</summary>
    string Name { get; }

    /// <summary>The number of visible tokens of every clip.</summary>
    int CountVisible(VideoTransformerShape shape);

    /// <summary>What it wants to know of a clip's motion; null for nothing, and then nothing is found out.</summary>
    MotionRequest? Motion(VideoTransformerShape shape) => null;

    /// <summary>Marks the hidden tokens of one clip.</summary>
    /// <param name="input">The clip.</param>
    /// <param name="random">The clip's own random numbers.</param>
    /// <param name="hidden">One entry a token, all false; exactly tokens - <see cref="CountVisible"/> of them become true.</param>
    void Draw(MaskInput input, ref RandomStream random, Span<bool> hidden);
}
