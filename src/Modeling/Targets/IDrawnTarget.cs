using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>A target whose predictions can be drawn.</summary>
internal interface IDrawnTarget : ITarget
{
    /// <summary>Draws predictions.</summary>
    /// <param name="predictedBMC">What the decoder gave, float [B, M, values].</param>
    /// <param name="batch">What is known of the clips.</param>
    /// <param name="visibleBV">Numbers of the visible tokens, int64.</param>
    /// <returns>At least one drawing.</returns>
    IReadOnlyList<Drawing> Draw(Tensor predictedBMC, TargetBatch batch, Tensor visibleBV);
}

/// <summary>Predictions as pixels.</summary>
/// <param name="Caption">What is to be seen.</param>
/// <param name="PutBack">What of the original, unknown to the network, was put back to draw this; null for nothing.</param>
/// <param name="PixelsBMC">The masked cubes, about 0 to 1, float [B, M, values of a cube].</param>
internal sealed record Drawing(string Caption, string? PutBack, Tensor PixelsBMC);
