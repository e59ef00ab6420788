namespace Unreel.Video;

/// <summary>The operations of RandAugment's increasing set.</summary>
internal enum PictureOperationKind
{
    AutoContrast,
    Equalize,
    Invert,
    Rotate,
    Posterize,
    Solarize,
    SolarizeAdd,
    Color,
    Contrast,
    Brightness,
    Sharpness,
    ShearX,
    ShearY,
    TranslateX,
    TranslateY,
}

/// <summary>An operation with its strength.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Amount">
/// Degrees for rotate (counter-clockwise); bits kept for posterize; threshold for solarize; what is added for solarize-add; the factor
/// for color, contrast, brightness and sharpness; the slope for shear; the share of the side for translate; nothing for the others.
/// </param>
internal readonly record struct PictureOperation(PictureOperationKind Kind, float Amount)
{
    /// <summary>How many kinds there are.</summary>
    public const int Kinds = 15;

    /// <summary>The strength that a magnitude from 0 to 10 means; <paramref name="negative"/> turns those with a sign.</summary>
    public static PictureOperation Of(PictureOperationKind kind, double magnitude, bool negative)
    {
        double level = magnitude / RandAugment.LargestMagnitude;
        double sign = negative ? -1 : 1;
        return new PictureOperation(kind, (float)(kind switch
        {
            PictureOperationKind.Rotate => sign * level * 30,
            PictureOperationKind.Posterize => 4 - (int)(level * 4),
            PictureOperationKind.Solarize => 256 - (int)(level * 256),
            PictureOperationKind.SolarizeAdd => Math.Min(128, (int)(level * 110)),
            PictureOperationKind.Color or PictureOperationKind.Contrast or PictureOperationKind.Brightness or PictureOperationKind.Sharpness => 1 + (sign * level * 0.9),
            PictureOperationKind.ShearX or PictureOperationKind.ShearY => sign * level * 0.3,
            PictureOperationKind.TranslateX or PictureOperationKind.TranslateY => sign * level * 0.45,
            _ => 0,
        }));
    }

    /// <summary>Changes one frame in place.</summary>
    public void Apply(Span<byte> rgb, FrameSize size)
    {
        switch (Kind)
        {
            case PictureOperationKind.Color:
                Blending.Color(rgb, Amount);
                break;
            case PictureOperationKind.Sharpness:
                Blending.Sharpness(rgb, size, Amount);
                break;
            case PictureOperationKind.Rotate or PictureOperationKind.ShearX or PictureOperationKind.ShearY or PictureOperationKind.TranslateX or PictureOperationKind.TranslateY:
                AffineMap.Of(this, size).Apply(rgb, size);
                break;
            default:
                ToneTable.Of(this, rgb).Apply(rgb);
                break;
        }
    }
}
