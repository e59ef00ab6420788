using Unreel.Synthesize.Rendering;
using Unreel.Synthesize.Scenes;
using Unreel.Synthesize.Textures;

namespace Unreel.Synthesize.Tests.Rendering;

/// <summary>
/// The slow and obvious renderer: back to front, one object at a time, one pixel at a time, with integers of 128 bits and
/// the definition of each shape instead of spans, masks and boxes.
/// </summary>
internal static class ReferenceRenderer
{
    public static byte[] Render(VideoScene scene, int frame, int side, IReadOnlyList<TexturePool>? pools = null)
    {
        byte[] pixels = Blank(scene.Background, side);
        if (scene.BackgroundFill == SceneFill.Texture)
        {
            TexturePool pool = pools![scene.BackgroundTexture.Pool];
            int shown = scene.Objects == 0 && scene.IsStill ? 0 : frame;
            Paint(pixels, side, (_, _) => true, Textured(TextureMap.Whole(pool.Side, new View(side)), shown, pool, scene.BackgroundTexture));
        }

        for (int i = 0; i < scene.All.Length; i++)
        {
            MovingObject item = scene.All[i];
            if (HasLeft(item, frame))
                continue;

            Rgb colour = item.Figure.Colour;
            Func<int, int, Rgb> paint = scene.ObjectFill == SceneFill.Solid ? (_, _) => colour : Textured(item, frame, side, pools!, scene.AllTextures[i]);
            Paint(pixels, side, Contains(item, frame, side), scene.ObjectFill == SceneFill.TintedTexture ? (x, y) => Tinted(paint(x, y), colour) : paint);
        }

        return pixels;
    }

    private static Func<int, int, Rgb> Textured(MovingObject item, int frame, int side, IReadOnlyList<TexturePool> pools, TextureChoice choice) =>
        Textured(item.Texture(frame, pools[choice.Pool].Side, new View(side)), frame, pools[choice.Pool], choice);

    private static Func<int, int, Rgb> Textured(TextureMap map, int frame, TexturePool pool, TextureChoice choice) => (x, y) =>
    {
        Int128 u = map.U + ((Int128)(x - map.X) * map.Ux) + ((Int128)(y - map.Y) * map.Uy);
        Int128 v = map.V + ((Int128)(x - map.X) * map.Vx) + ((Int128)(y - map.Y) * map.Vy);
        int column = (int)Int128.Clamp(u >> 16, 0, pool.Side - 1), row = (int)Int128.Clamp(v >> 16, 0, pool.Side - 1);
        ReadOnlySpan<byte> texel = pool.Texels(choice.Texture, pool.FrameAt(frame))[(((row * pool.Side) + column) * 3)..];
        return new Rgb(texel[0], texel[1], texel[2]);
    };

    private static Rgb Tinted(Rgb texel, Rgb tint) => new(Times(texel.R, tint.R), Times(texel.G, tint.G), Times(texel.B, tint.B));

    private static byte Times(byte a, byte b) => (byte)Math.Round(a * b / 255.0, MidpointRounding.AwayFromZero);

    /// <summary>For scenes of other kinds: their outlines, back to front, tested pixel by pixel.</summary>
    public static byte[] RenderOutlines(IScene scene, int frame, int side)
    {
        byte[] pixels = Blank(scene.Background, side);
        Outline outline = default;
        for (int i = 0; i < scene.Objects; i++)
        {
            Rgb colour = scene.Colour(i);
            if (scene.TryPlace(i, frame, new View(side), ref outline))
                Paint(pixels, side, Contains(outline), (_, _) => colour);
        }

        return pixels;
    }

    private static byte[] Blank(Rgb background, int side)
    {
        byte[] pixels = new byte[side * side * 3];
        for (int at = 0; at < pixels.Length; at += 3)
            (pixels[at], pixels[at + 1], pixels[at + 2]) = (background.R, background.G, background.B);

        return pixels;
    }

    private static void Paint(byte[] pixels, int side, Func<int, int, bool> contains, Func<int, int, Rgb> paint)
    {
        for (int y = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++)
            {
                if (!contains(x, y))
                    continue;

                Rgb colour = paint(x, y);
                (pixels[((y * side) + x) * 3], pixels[(((y * side) + x) * 3) + 1], pixels[(((y * side) + x) * 3) + 2]) = (colour.R, colour.G, colour.B);
            }
        }
    }

    // Gone once its centre was out of (-256, 512) in this frame or any before.
    private static bool HasLeft(MovingObject item, int frame)
    {
        for (int t = 0; t <= frame; t++)
        {
            double way = (item.Speed + (item.Acceleration * t)) * t;
            double x = item.X + (way * item.DirectionX), y = item.Y + (way * item.DirectionY);
            if (x <= -256 || x >= 512 || y <= -256 || y >= 512)
                return true;
        }

        return false;
    }

    private static Func<int, int, bool> Contains(MovingObject item, int t, int side)
    {
        (double cos, double sin) = Turn.CosSin(t * item.Rotation);
        double[,] rotation = { { cos, -sin }, { sin, cos } };
        double[,] scale = { { 1 + (t * item.ScaleX), 0 }, { 0, 1 + (t * item.ScaleY) } };
        double[,] shear = { { 1, t * item.ShearX }, { t * item.ShearY, 1 } };
        double[,] map = Product(rotation, Product(scale, shear));
        double way = (item.Speed + (item.Acceleration * t)) * t;
        double pivotX = item.X + (way * item.DirectionX) + item.Pivot, pivotY = item.Y + (way * item.DirectionY) + item.Pivot;
        if (item.Figure.Corners == 0)
            return ContainsEllipse(pivotX, pivotY, map, item.Figure.Radius, side);

        List<(Int128 X, Int128 Y)> corners = [];
        for (int i = 0; i < item.Figure.Corners; i++)
        {
            double x = item.Figure.X[i], y = item.Figure.Y[i];
            corners.Add((Units(pivotX + ((map[0, 0] * x) + (map[0, 1] * y)), side), Units(pivotY + ((map[1, 0] * x) + (map[1, 1] * y)), side)));
        }

        return ContainsPolygon(corners);
    }

    private static Func<int, int, bool> ContainsEllipse(double x, double y, double[,] map, double radius, int side)
    {
        Outline outline = default;
        double size = radius * (side / 256.0);
        return outline.SetEllipse(((x + 0.5) * (side / 256.0)) - 0.5, ((y + 0.5) * (side / 256.0)) - 0.5, map[0, 0] * size, map[0, 1] * size, map[1, 0] * size, map[1, 1] * size)
            ? Contains(outline)
            : (_, _) => false;
    }

    private static Func<int, int, bool> Contains(Outline outline)
    {
        if (outline.Corners > 0)
            return ContainsPolygon([.. Enumerable.Range(0, outline.Corners).Select(i => ((Int128)outline.X[i], (Int128)outline.Y[i]))]);

        return (x, y) =>
        {
            Int128 dx = (x * 256) - outline.CentreX, dy = (y * 256) - outline.CentreY;
            return (outline.A * dx * dx) + (2 * outline.B * dx * dy) + (outline.C * dy * dy) <= Outline.Edge;
        };
    }

    // Inside or on every edge, all the way round; a corner that rounding turned inwards is left out.
    private static Func<int, int, bool> ContainsPolygon(List<(Int128 X, Int128 Y)> corners)
    {
        Int128 way = Int128.Sign(Area(corners));
        if (corners.Count == 4)
        {
            int dent = Enumerable.Range(0, 4).FirstOrDefault(i => way * Side(corners[(i + 3) % 4], corners[i], corners[(i + 1) % 4]) < 0, -1);
            if (dent >= 0)
                corners.RemoveAt(dent);
        }

        Int128 sign = Int128.Sign(Area(corners));
        return (x, y) =>
        {
            for (int i = 0; i < corners.Count; i++)
            {
                if (sign * Side(corners[i], corners[(i + 1) % corners.Count], (x * 256, y * 256)) < 0)
                    return false;
            }

            return sign != 0;
        };
    }

    private static Int128 Area(List<(Int128 X, Int128 Y)> corners) =>
        Enumerable.Range(0, corners.Count).Aggregate((Int128)0, (sum, i) =>
            sum + (corners[i].X * corners[(i + 1) % corners.Count].Y) - (corners[(i + 1) % corners.Count].X * corners[i].Y));

    private static Int128 Side((Int128 X, Int128 Y) a, (Int128 X, Int128 Y) b, (Int128 X, Int128 Y) c) =>
        ((b.X - a.X) * (c.Y - b.Y)) - ((b.Y - a.Y) * (c.X - b.X));

    private static Int128 Units(double scene, int side) =>
        (Int128)Math.Floor(((((scene + 0.5) * (side / 256.0)) - 0.5) * 256) + 0.5);

    private static double[,] Product(double[,] a, double[,] b) => new[,]
    {
        { (a[0, 0] * b[0, 0]) + (a[0, 1] * b[1, 0]), (a[0, 0] * b[0, 1]) + (a[0, 1] * b[1, 1]) },
        { (a[1, 0] * b[0, 0]) + (a[1, 1] * b[1, 0]), (a[1, 0] * b[0, 1]) + (a[1, 1] * b[1, 1]) },
    };
}
