using System.ComponentModel.DataAnnotations;
using Unreel.Video;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>
/// Batches in which every clip is mixed with another one, and its label likewise: mixup (Zhang et al., 2018) adds two clips up,
/// CutMix (Yun et al., 2019) puts a rectangle of one into the other, in all frames. A batch is mixed in one way with one share;
/// clip i meets clip last - i, as VideoMAE pairs them.
/// </summary>
public sealed record MixingSettings
{
    /// <summary>Both parameters of the beta distribution that mixup's share is drawn from; 0 for no mixup. VideoMAE's is .8. Default 0.</summary>
    [Range(0.0, 100.0)]
    public double Mixup { get; init; }

    /// <summary>The same for CutMix; VideoMAE's is 1. Default 0.</summary>
    [Range(0.0, 100.0)]
    public double Cutmix { get; init; }

    /// <summary>Probability that a batch is mixed at all. Default 1.</summary>
    [Range(0.0, 1.0)]
    public double Probability { get; init; } = 1;

    /// <summary>Probability of CutMix where both are there. Default .5.</summary>
    [Range(0.0, 1.0)]
    public double Switch { get; init; } = 0.5;

    /// <summary>Whether batches are mixed.</summary>
    public bool IsOn => Probability > 0 && (Mixup > 0 || Cutmix > 0);
}

/// <summary>How one batch is mixed.</summary>
/// <param name="Share">What a clip keeps of itself, and of its label, 0 to 1.</param>
/// <param name="Box">The rectangle that comes from the other clip; null where the two are added up.</param>
internal readonly record struct ClipMix(double Share, PixelBox? Box);

/// <summary>A rectangle of whole pixels.</summary>
internal readonly record struct PixelBox(int Left, int Top, int Width, int Height);

/// <summary>Mixes batches; how follows from the seed and the number of the batch's first sample.</summary>
/// <remarks>Shape letters: B clips, N tokens, C values of a cube, L labels. Several processes mix within their own shares of the batch.</remarks>
internal sealed class ClipMixing(MixingSettings settings, VideoTransformerShape shape, ulong seed)
{
    private const string Purpose = "mixing";

    /// <summary>Draws how the batch that begins with a sample is mixed; null for not at all.</summary>
    public ClipMix? Draw(long firstSample)
    {
        if (!settings.IsOn)
            return null;

        var random = new RandomStream(seed, Purpose, (ulong)firstSample);
        if (random.NextDouble() >= settings.Probability)
            return null;

        bool cut = settings.Cutmix > 0 && (settings.Mixup <= 0 || random.NextDouble() < settings.Switch);
        double share = BetaDistribution.Draw(cut ? settings.Cutmix : settings.Mixup, ref random);
        return cut ? Cut(share, ref random) : new ClipMix(share, null);
    }

    /// <summary>Mixes clips as the network sees them, float [B, N, C].</summary>
    public Tensor Clips(Tensor xBNC, ClipMix mix)
    {
        Tensor otherBNC = xBNC.flip(0);
        return mix.Box is { } box
            ? where(Mask(box).to(xBNC.device), otherBNC, xBNC)
            : (xBNC * mix.Share) + (otherBNC * (1 - mix.Share));
    }

    /// <summary>What each clip's probabilities should be, row-major [B, L]: labels smoothed, then mixed.</summary>
    /// <param name="labels">The clips' labels.</param>
    /// <param name="classes">How many labels there are.</param>
    /// <param name="smoothing">Share of a label's weight that is spread over all labels.</param>
    /// <param name="mix">How the batch is mixed; null for not at all.</param>
    public static float[] Targets(IReadOnlyList<int> labels, int classes, double smoothing, ClipMix? mix)
    {
        double share = mix?.Share ?? 1;
        float[] targets = new float[labels.Count * classes];
        for (int clip = 0; clip < labels.Count; clip++)
        {
            for (int label = 0; label < classes; label++)
            {
                double own = labels[clip] == label ? share : 0;
                double others = labels[labels.Count - 1 - clip] == label ? 1 - share : 0;
                targets[(clip * classes) + label] = (float)(((own + others) * (1 - smoothing)) + (smoothing / classes));
            }
        }

        return targets;
    }

    /// <summary>The mean cross entropy between what probabilities should be and what logits [B, L] say.</summary>
    public static Tensor Loss(Tensor logitsBL, Tensor targetsBL) => -(targetsBL * logitsBL.log_softmax(-1)).sum() / logitsBL.shape[0];

    // A rectangle of the picture's proportions with its middle anywhere; what leaves the picture is cut off, and counts as the clip's own.
    private ClipMix Cut(double share, ref RandomStream random)
    {
        int side = shape.ImageSize;
        int length = (int)(side * Math.Sqrt(1 - share));
        int x = random.NextInt(side), y = random.NextInt(side);
        int left = Math.Max(x - (length / 2), 0), top = Math.Max(y - (length / 2), 0);
        int right = Math.Min(x + (length / 2), side), bottom = Math.Min(y + (length / 2), side);
        var box = new PixelBox(left, top, right - left, bottom - top);
        return new ClipMix(1 - ((double)box.Width * box.Height / ((double)side * side)), box);
    }

    // [1, N, C], true inside the box.
    private Tensor Mask(PixelBox box)
    {
        byte[] clip = new byte[shape.ClipBytes];
        for (int frame = 0; frame < shape.Frames; frame++)
        {
            for (int row = box.Top; row < box.Top + box.Height; row++)
                clip.AsSpan((((((frame * shape.ImageSize) + row) * shape.ImageSize) + box.Left) * 3), box.Width * 3).Fill(1);
        }

        byte[] cubes = new byte[clip.Length];
        Cubes.Arrange(shape, clip, cubes);
        return tensor(cubes, [1, shape.Tokens, shape.CubeValues], dtype: ScalarType.Byte).to(ScalarType.Bool);
    }
}
