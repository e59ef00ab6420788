using Unreel.Video;

namespace Unreel.Modeling;

/// <summary>Samples taken from videos by chance: which video, which frames and which crop follow from seed and number.</summary>
/// <param name="videos">The videos.</param>
/// <param name="items">The videos to take, by their number in the source.</param>
/// <param name="order">Which of <paramref name="items"/> each sample shows.</param>
/// <param name="augmentation">How frames are chosen and cut.</param>
/// <param name="seed">The seed.</param>
/// <param name="motion">What is to be found out of their motion; null for nothing.</param>
public sealed class AugmentedSamples(IClipSource videos, IReadOnlyList<int> items, ISampleOrder order, AugmentationOptions augmentation, ulong seed, MotionRequest? motion = null) : ISampleSource
{
    private const string Purpose = "augment";

    /// <inheritdoc/>
    public ClipSample Read(long number, CancellationToken ct)
    {
        int item = items[order.Item(number)];
        var random = new RandomStream(seed, Purpose, (ulong)number);
        AugmentedClip clip = ClipAugmentation.Read(videos, item, augmentation, motion, ref random, ct);
        return new ClipSample(clip.Pixels, videos.Items[item].Label, videos.Items[item].Name) { Motion = clip.Motion };
    }
}
