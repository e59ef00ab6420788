using Unreel.Synthesize.Rendering;

namespace Unreel.Synthesize.Tests.Rendering;

public sealed class TextureMapTests
{
    // What the map is for: a texel that is carried by the object's own transform lands on the pixel that looks at it.
    [Theory]
    [InlineData(256, 256)]
    [InlineData(64, 100)]
    [InlineData(300, 512)]
    public void Undoes_the_transform(int side, int texels)
    {
        Matrix matrix = new(0.8, -0.3, 0.5, 1.1);
        (double pivotX, double pivotY, double offset) = (101.3, 57.8, 40);
        View view = new(side);
        TextureMap map = TextureMap.Of(pivotX, pivotY, offset, matrix, texels, view);
        foreach ((double boxX, double boxY) in new[] { (0.0, 0.0), (40.0, 40.0), (79.0, 13.0), (5.0, 66.0) })
        {
            (double dx, double dy) = (boxX - offset, boxY - offset);
            double x = view.ToPixels(pivotX + (matrix.M00 * dx) + (matrix.M01 * dy)), y = view.ToPixels(pivotY + (matrix.M10 * dx) + (matrix.M11 * dy));
            double u = (map.U + ((x - map.X) * map.Ux) + ((y - map.Y) * map.Uy)) / TextureMap.Unit;
            double v = (map.V + ((x - map.X) * map.Vx) + ((y - map.Y) * map.Vy)) / TextureMap.Unit;
            Assert.Equal(boxX * texels / TextureMap.SceneSide, u, 0.01);
            Assert.Equal(boxY * texels / TextureMap.SceneSide, v, 0.01);
        }
    }

    [Fact]
    public void Shows_textures_of_256_at_twice_their_size()
    {
        TextureMap map = TextureMap.Of(10, 20, 0, Matrix.Identity, 256, new View(256));
        Assert.Equal((10, 20, 0, 0), (map.X, map.Y, map.U, map.V));
        Assert.Equal((TextureMap.Unit / 2, 0, 0, TextureMap.Unit / 2), (map.Ux, map.Uy, map.Vx, map.Vy));
    }

    [Theory]
    [InlineData(256, 256)]
    [InlineData(256, 128)]
    [InlineData(64, 256)]
    public void Fills_the_canvas_from_edge_to_edge(int side, int texels)
    {
        TextureMap map = TextureMap.Whole(texels, new View(side));
        Assert.Equal(0, (map.U / TextureMap.Unit) * side / texels);
        int last = (map.U + ((side - 1) * map.Ux)) / TextureMap.Unit;
        Assert.InRange(last, texels - Math.Max(1, texels / side), texels - 1);
        Assert.Equal((map.U, map.Ux, 0, 0), (map.V, map.Vy, map.Uy, map.Vx));
    }

    // A slope so steep that 32 bits would wrap to where the run began must not be taken for one that stays on the texture.
    [Fact]
    public void Steep_walks_stay_on_the_texture()
    {
        byte[] texels = new byte[16 * 16 * 3], line = new byte[64 * 3];
        Array.Fill(texels, (byte)7);
        TextureFill fill = new(new TexturePatch(texels, 16, new TextureMap(0, 0, 5 << 16, 5 << 16, 1 << 29, 0, -(1 << 29), 0)));
        fill.Paint(ref line[0], 0, 0, 64);
        Assert.All(line, value => Assert.Equal(7, value));
    }

    [Fact]
    public void Survives_an_object_that_has_no_area()
    {
        Assert.Equal(default, TextureMap.Of(10, 20, 5, new Matrix(1, 2, 0.5, 1), 256, new View(256)));
        TextureMap thin = TextureMap.Of(10, 20, 5, new Matrix(1e-12, 0, 0, 1), 256, new View(256));
        Assert.Equal(TextureMap.Unit / 2, thin.Vy);
    }
}
