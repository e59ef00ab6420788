using Unreel.Video;

namespace Unreel.Modeling;

/// <summary>Chooses which of the hidden tokens the decoder predicts, so that it has less to do (Wang et al., "VideoMAE V2", 2023, section 3.2).</summary>
public interface IDecoderMask
{
    /// <summary>The name in options, e.g. <c>running-cell</c>.</summary>
    string Name { get; }

    /// <summary>The share of all tokens that is predicted, above 0 and below 1.</summary>
    double Share { get; }

    /// <summary>Marks the tokens of one clip that are to be predicted, hidden or not.</summary>
    /// <param name="shape">The shape of clip and tokens.</param>
    /// <param name="random">The clip's own random numbers.</param>
    /// <param name="predicted">One entry a token, all false.</param>
    void Draw(VideoTransformerShape shape, ref RandomStream random, Span<bool> predicted);
}
