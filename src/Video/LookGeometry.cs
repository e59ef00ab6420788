using System.Numerics;

namespace Unreel.Video;

/// <summary>Which part of a picture a square clip shows, and whether mirrored.</summary>
/// <param name="Box">The part, in pixels of the picture.</param>
/// <param name="Size">Side of the clip's frames.</param>
/// <param name="Mirrored">Whether left and right are exchanged.</param>
internal readonly record struct LookGeometry(CropBox Box, int Size, bool Mirrored)
{
    /// <summary>What a displacement in the picture is to be multiplied with to be one in the clip.</summary>
    public Vector2 Scale => new((Mirrored ? -Size : Size) / (float)Box.Width, Size / (float)Box.Height);

    /// <summary>The point of the picture that a point of the clip shows; both in pixels from the left and top edges.</summary>
    public Vector2 ToPicture(Vector2 point) => new(
        (float)(Box.Left + (Box.Width * (Mirrored ? Size - point.X : point.X) / Size)),
        (float)(Box.Top + (Box.Height * point.Y / Size)));
}
