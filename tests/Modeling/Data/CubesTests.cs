namespace Unreel.Modeling.Tests;

public sealed class CubesTests
{
    private static readonly VideoTransformerShape Shape = Micro.Shape with { ImageSize = 4, PatchSize = 2 };

    [Fact]
    public void A_cube_holds_its_pixels_in_order_of_frame_row_column_channel()
    {
        byte[] clip = [.. Enumerable.Range(0, Shape.ClipBytes).Select(index => (byte)index)];
        byte[] cubes = new byte[clip.Length];

        Cubes.Arrange(Shape, clip, cubes);

        // Token 6 = slot 1, row 1, column 0: frames 2 and 3, rows 2 and 3, columns 0 and 1.
        byte[] expected = [.. from frame in (int[])[2, 3] from y in (int[])[2, 3] from x in (int[])[0, 1] from c in (int[])[0, 1, 2] select (byte)((((((frame * 4) + y) * 4) + x) * 3) + c)];
        Assert.Equal(expected, cubes.AsSpan(6 * Shape.CubeValues, Shape.CubeValues).ToArray());
    }

    [Fact]
    public void Restoring_undoes_arranging()
    {
        byte[] clip = new ColouredClips(Shape).Read(3, default).Pixels;
        byte[] cubes = new byte[clip.Length];
        byte[] restored = new byte[clip.Length];

        Cubes.Arrange(Shape, clip, cubes);
        Cubes.Restore<byte>(Shape, cubes, restored);

        Assert.NotEqual(clip, cubes);
        Assert.Equal(clip, restored);
    }

    [Fact]
    public void A_clip_of_another_size_is_refused() =>
        Assert.Throws<ArgumentException>(() => Cubes.Arrange(Shape, new byte[5], new byte[5]));
}
