namespace Unreel.Video;

/// <summary>How frames are cut out of a picture for training.</summary>
public enum TrainingCrop
{
    /// <summary>The centre square, as <see cref="ClipPreparation"/> cuts it.</summary>
    Centre,

    /// <summary>A rectangle whose sides are 1, .875, .75 or .66 of the short side, at one of 13 fixed places (VideoMAE's pre-training).</summary>
    MultiScale,

    /// <summary>A rectangle of random area and aspect ratio, anywhere (Inception's crop).</summary>
    RandomResized,
}

/// <summary>How training looks at videos: like <see cref="ClipPreparation"/>, but by chance.</summary>
public sealed record AugmentationOptions
{
    /// <summary>Frames a clip, at least 1.</summary>
    public required int Frames { get; init; }

    /// <summary>Steps between frames, at least 1; not used by <see cref="ClipPreparation.SegmentSampling"/>.</summary>
    public required int Stride { get; init; }

    /// <summary>Side of the square frames.</summary>
    public required int Size { get; init; }

    /// <summary><see cref="ClipPreparation.StrideSampling"/> (default) or <see cref="ClipPreparation.SegmentSampling"/>.</summary>
    public string Sampling { get; init; } = ClipPreparation.StrideSampling;

    /// <summary>The crop. Default <see cref="TrainingCrop.MultiScale"/>.</summary>
    public TrainingCrop Crop { get; init; } = TrainingCrop.MultiScale;

    /// <summary>Smallest area of <see cref="TrainingCrop.RandomResized"/>, as a share of the picture. Default .08.</summary>
    public double MinArea { get; init; } = .08;

    /// <summary>Largest area of <see cref="TrainingCrop.RandomResized"/>. Default 1.</summary>
    public double MaxArea { get; init; } = 1;

    /// <summary>Narrowest width / height of <see cref="TrainingCrop.RandomResized"/>. Default 3/4.</summary>
    public double MinAspect { get; init; } = 3.0 / 4;

    /// <summary>Widest width / height of <see cref="TrainingCrop.RandomResized"/>. Default 4/3.</summary>
    public double MaxAspect { get; init; } = 4.0 / 3;

    /// <summary>Probability that the clip is mirrored left to right. Default 0: some actions have a side.</summary>
    public double Flip { get; init; }

    /// <summary>Brightness, contrast and saturation are each scaled by a factor from 1 - this to 1 + this, one for the clip. Default 0.</summary>
    public double ColorJitter { get; init; }

    /// <summary>Operations drawn by chance after the crop. Default none.</summary>
    public RandAugment? RandAugment { get; init; }

    /// <summary>Probability that a rectangle of the clip is replaced with noise, last of all. Default 0.</summary>
    public double Erasing { get; init; }
}
