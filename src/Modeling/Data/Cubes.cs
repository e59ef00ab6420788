namespace Unreel.Modeling;

/// <summary>Rearranges clips into the cubes that become tokens.</summary>
public static class Cubes
{
    /// <summary>
    /// Copies a clip [frame, row, column, channel] into cubes [token, frame in the cube, row, column, channel], tokens numbered (slot, row, column).
    /// </summary>
    /// <exception cref="ArgumentException">A length is not that of the shape's clips.</exception>
    public static void Arrange(VideoTransformerShape shape, ReadOnlySpan<byte> clip, Span<byte> cubes)
    {
        if (clip.Length != shape.ClipBytes || cubes.Length != shape.ClipBytes)
            throw new ArgumentException($"A clip of {shape.Frames}x{shape.ImageSize}x{shape.ImageSize}x3 has {shape.ClipBytes} bytes, not {clip.Length} and {cubes.Length}.", nameof(clip));

        int run = shape.PatchSize * 3;
        int row = shape.ImageSize * 3;
        int target = 0;
        for (int token = 0; token < shape.Tokens; token++)
        {
            int corner = Corner(shape, token);
            for (int frame = 0; frame < shape.TubeletSize; frame++)
            {
                for (int y = 0; y < shape.PatchSize; y++, target += run)
                    clip.Slice(corner + (((frame * shape.ImageSize) + y) * row), run).CopyTo(cubes[target..]);
            }
        }
    }

    /// <summary>Undoes <see cref="Arrange"/>: from cubes of any element type back to a clip.</summary>
    public static void Restore<T>(VideoTransformerShape shape, ReadOnlySpan<T> cubes, Span<T> clip)
    {
        int run = shape.PatchSize * 3;
        int row = shape.ImageSize * 3;
        int source = 0;
        for (int token = 0; token < shape.Tokens; token++)
        {
            int corner = Corner(shape, token);
            for (int frame = 0; frame < shape.TubeletSize; frame++)
            {
                for (int y = 0; y < shape.PatchSize; y++, source += run)
                    cubes.Slice(source, run).CopyTo(clip[(corner + (((frame * shape.ImageSize) + y) * row))..]);
            }
        }
    }

    private static int Corner(VideoTransformerShape shape, int token)
    {
        (int slot, int place) = Math.DivRem(token, shape.SlotTokens);
        (int gridRow, int gridColumn) = Math.DivRem(place, shape.GridSide);
        return ((((slot * shape.TubeletSize * shape.ImageSize) + (gridRow * shape.PatchSize)) * shape.ImageSize) + (gridColumn * shape.PatchSize)) * 3;
    }
}
