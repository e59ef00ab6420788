using Unreel.Video;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>A batch with its tokens split.</summary>
/// <param name="Masks">Which tokens are hidden, clip by clip.</param>
/// <param name="TokensBVD">The visible tokens without positions.</param>
/// <param name="VisibleBV">Their numbers, int64.</param>
/// <param name="MaskedBM">Numbers of the tokens to predict, int64.</param>
/// <param name="ChancesBN">Logarithms of the chances that the sampler gave each token; null where there is no sampler.</param>
internal sealed record MaskedTokens(IReadOnlyList<TokenMask> Masks, Tensor TokensBVD, Tensor VisibleBV, Tensor MaskedBM, Tensor? ChancesBN);

/// <summary>Splits the tokens of a batch: as drawn with the data, or as the model's sampler decides.</summary>
internal sealed class TokenSplitter(PretrainingSettings settings, PretrainingModel network, ulong seed, Device device)
{
    private const string Purpose = "mask.adaptive";

    /// <summary>Splits a batch.</summary>
    /// <param name="batch">The clips.</param>
    /// <param name="cubesBNC">Their cubes, uint8.</param>
    /// <param name="masked">Which tokens of a mask are to be predicted.</param>
    public MaskedTokens Split(ClipBatch batch, Tensor cubesBNC, Func<TokenMask, int[]> masked) => settings.Adaptive is { } adaptive
        ? Sampled(adaptive, batch, cubesBNC, masked)
        : Drawn(batch, cubesBNC, masked);

    private MaskedTokens Drawn(ClipBatch batch, Tensor cubesBNC, Func<TokenMask, int[]> masked)
    {
        Tensor visibleBV = Numbers(batch.Masks, mask => mask.Visible);
        Tensor tokensBVD = network.Embed(ClipTensor.Input(settings.Shape, cubesBNC, visibleBV, settings.Normalisation));
        return new MaskedTokens(batch.Masks, tokensBVD, visibleBV, Numbers(batch.Masks, masked), null);
    }

    private MaskedTokens Sampled(AdaptiveMask adaptive, ClipBatch batch, Tensor cubesBNC, Func<TokenMask, int[]> masked)
    {
        Tensor tokensBND = network.Embed(ClipTensor.Input(settings.Shape, cubesBNC, settings.Normalisation));
        Tensor chancesBN = network.Sample(tokensBND);
        float[] chances = Parameters.Get(chancesBN);
        TokenMask[] masks = [.. Enumerable.Range(0, batch.Count).Select(clip => Mask(adaptive, chances.AsSpan(clip * settings.Shape.Tokens, settings.Shape.Tokens), batch.FirstSample + clip))];
        Tensor visibleBV = Numbers(masks, mask => mask.Visible);
        return new MaskedTokens(masks, ClipTensor.Select(tokensBND, visibleBV), visibleBV, Numbers(masks, masked), chancesBN);
    }

    private TokenMask Mask(AdaptiveMask adaptive, ReadOnlySpan<float> chances, long sample)
    {
        var random = new RandomStream(seed, Purpose, (ulong)sample);
        bool[] hidden = AdaptiveMask.Draw(chances, adaptive.CountVisible(settings.Shape), ref random);
        return new Masking(new GivenMask(AdaptiveMask.Name, hidden), settings.Shape, seed, settings.DecoderMask).Draw(sample, ReadOnlyMemory<byte>.Empty);
    }

    private Tensor Numbers(IReadOnlyList<TokenMask> masks, Func<TokenMask, int[]> tokens) => ClipTensor.Numbers([.. masks.Select(tokens)], device);
}
