namespace Unreel.Synthesize.Rendering;

/// <summary>
/// Where on a texture a pixel of the canvas looks, in 1/65536 of a texel: texel column U + (x - X) Ux + (y - Y) Uy, row likewise,
/// rounded down. About an anchor on the canvas, so that the rounding of the slopes does not grow with its distance from the corner.
/// </summary>
/// <param name="X">The anchor's column on the canvas.</param>
/// <param name="Y">Its row.</param>
/// <param name="U">The texel column the anchor's sample point looks at.</param>
/// <param name="V">The texel row.</param>
/// <param name="Ux">Texel columns a pixel to the right.</param>
/// <param name="Uy">Texel columns a pixel down.</param>
/// <param name="Vx">Texel rows a pixel to the right.</param>
/// <param name="Vy">Texel rows a pixel down.</param>
internal readonly record struct TextureMap(int X, int Y, int U, int V, int Ux, int Uy, int Vx, int Vy)
{
    /// <summary>Parts of a texel.</summary>
    public const int Unit = 1 << 16;

    /// <summary>Textures look as if they had this many texels a side: those that have fewer are enlarged, nearest texel.</summary>
    public const int SceneSide = 512;

    // What no slope of anything that can be seen exceeds: 2^13 texels a pixel.
    private const double Steepest = 1 << 29;

    /// <summary>The map of an object that a matrix has transformed about its pivot.</summary>
    /// <param name="pivotX">The pivot on the canvas, in scene units.</param>
    /// <param name="pivotY">As <paramref name="pivotX"/>.</param>
    /// <param name="offset">Where on the texture the pivot is, on both axes, in scene units.</param>
    /// <param name="matrix">From texture to canvas.</param>
    /// <param name="texels">The side of the texture.</param>
    /// <param name="view">The canvas.</param>
    public static TextureMap Of(double pivotX, double pivotY, double offset, in Matrix matrix, int texels, View view)
    {
        double determinant = (matrix.M00 * matrix.M11) - (matrix.M01 * matrix.M10);
        if (determinant == 0)
            return default;

        double units = texels * (double)Unit / SceneSide;
        double perPixel = units / (determinant * view.Scale);
        (double ux, double uy) = (matrix.M11 * perPixel, -matrix.M01 * perPixel);
        (double vx, double vy) = (-matrix.M10 * perPixel, matrix.M00 * perPixel);
        double x = view.ToPixels(pivotX), y = view.ToPixels(pivotY);
        int anchorX = (int)Math.Floor(x + 0.5), anchorY = (int)Math.Floor(y + 0.5);
        double restX = anchorX - x, restY = anchorY - y, start = offset * units;
        return new TextureMap(
            anchorX,
            anchorY,
            Rounded(start + ((ux * restX) + (uy * restY))),
            Rounded(start + ((vx * restX) + (vy * restY))),
            Rounded(ux),
            Rounded(uy),
            Rounded(vx),
            Rounded(vy));
    }

    /// <summary>The map of a texture that fills the canvas.</summary>
    public static TextureMap Whole(int texels, View view)
    {
        int step = Rounded(texels * (double)Unit / view.Side);
        return new TextureMap(0, 0, step / 2, step / 2, step, 0, 0, step);
    }

    private static int Rounded(double value) => (int)Math.Floor(Math.Clamp(value, -Steepest, Steepest) + 0.5);
}

/// <summary>A texture and how it lies on the canvas.</summary>
internal readonly ref struct TexturePatch
{
    /// <summary>Joins the two.</summary>
    /// <param name="texels">[row, column, channel], a square of <paramref name="side"/>.</param>
    /// <param name="side">Texels a side, at least 2.</param>
    /// <param name="map">How it lies.</param>
    public TexturePatch(ReadOnlySpan<byte> texels, int side, TextureMap map)
    {
        if (side < 2 || texels.Length != side * side * 3)
            throw new ArgumentException($"A texture of {side} texels a side has {side * side * 3} bytes, not {texels.Length}.", nameof(texels));

        Texels = texels;
        (Side, Map) = (side, map);
    }

    /// <summary>The texture.</summary>
    public ReadOnlySpan<byte> Texels { get; }

    /// <summary>Texels a side.</summary>
    public int Side { get; }

    /// <summary>How it lies.</summary>
    public TextureMap Map { get; }
}
