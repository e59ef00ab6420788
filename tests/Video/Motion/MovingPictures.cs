using System.Numerics;

namespace Unreel.Video.Tests;

/// <summary>Clips whose motion is known: smooth textures given by a formula, so that any fraction of a pixel can be drawn.</summary>
internal static class MovingPictures
{
    /// <summary>A texture that covers the plane, 0 to 255, without any direction or period that shows.</summary>
    public static float Texture(Vector2 place)
    {
        float value = 0;
        for (int wave = 0; wave < Waves.Length; wave++)
            value += MathF.Sin(Vector2.Dot(Waves[wave].Direction, place) + Waves[wave].Phase);
        return Math.Clamp(128 + (value * 24), 0, 255);
    }

    /// <summary>Draws a clip: for every pixel of every frame, a place of a texture.</summary>
    public static byte[] Draw(int frames, int width, int height, Func<int, Vector2, float> brightness)
    {
        byte[] pixels = new byte[frames * width * height * 3];
        for (int pixel = 0; pixel < frames * width * height; pixel++)
        {
            var place = new Vector2((pixel % width) + 0.5f, (pixel / width % height) + 0.5f);
            pixels.AsSpan(pixel * 3, 3).Fill((byte)MathF.Round(brightness(pixel / (width * height), place)));
        }

        return pixels;
    }

    /// <summary>A texture that moves by <paramref name="way"/> pixels a frame.</summary>
    public static byte[] Pan(int frames, int width, int height, Vector2 way) =>
        Draw(frames, width, height, (frame, place) => Texture(place - (frame * way)));

    /// <summary>A textured square that moves over a textured background that stands still.</summary>
    public static byte[] Square(int frames, int size, Vector2 corner, float side, Vector2 way) => Draw(frames, size, size, (frame, place) =>
    {
        Vector2 inside = place - corner - (frame * way);
        return inside.X >= 0 && inside.Y >= 0 && inside.X < side && inside.Y < side ? Texture(inside + new Vector2(1000, 500)) : Texture(place);
    });

    private static readonly (Vector2 Direction, float Phase)[] Waves = MakeWaves();

    private static (Vector2 Direction, float Phase)[] MakeWaves()
    {
        var random = new RandomStream(5, "waves", 0);
        var waves = new (Vector2, float)[12];
        foreach (ref (Vector2, float) wave in waves.AsSpan())
        {
            (float sin, float cos) = MathF.SinCos((float)random.NextDouble(0, Math.Tau));
            wave = (new Vector2(cos, sin) * (float)(Math.Tau / random.NextDouble(9, 60)), (float)random.NextDouble(0, Math.Tau));
        }

        return waves;
    }
}
