using System.Numerics;

namespace Unreel.Video.Tests;

public class OpticalFlowTests
{
    [Theory]
    [InlineData(224, 28, 3, -1.5)]
    [InlineData(224, 28, -7.25, 11)]
    [InlineData(224, 28, .4, .3)]
    [InlineData(127, 16, 2.5, 4)]
    [InlineData(64, 16, -3, 1)]
    [InlineData(131, 17, 6, 0)]
    public void Finds_how_a_texture_pans(int size, int side, float across, float down)
    {
        const int Frames = 4;
        var way = new Vector2(across, down);

        MotionField field = OpticalFlow.Estimate(MovingPictures.Pan(Frames, size, size, way), Frames, size, side);

        // Frames before the middle look ahead, those after it look back.
        Assert.True(Worst(field, 0, way) < .3, $"{Worst(field, 0, way)}");
        Assert.True(Worst(field, 1, way) < .3, $"{Worst(field, 1, way)}");
        Assert.All(field.Frame(2).ToArray(), still => Assert.Equal(Vector2.Zero, still));
        Assert.True(Worst(field, 3, -way) < .3, $"{Worst(field, 3, -way)}");
    }

    [Theory]
    [InlineData(5, 3)]
    [InlineData(-9, 4)]
    [InlineData(0, -12)]
    public void Tells_a_moving_square_from_a_still_background(float across, float down)
    {
        const int Frames = 3, Size = 224, Side = 28;
        var way = new Vector2(across, down);
        var corner = new Vector2(80, 72);

        MotionField field = OpticalFlow.Estimate(MovingPictures.Square(Frames, Size, corner, 64, way), Frames, Size, Side);

        for (int cell = 0; cell < Side * Side; cell++)
        {
            Vector2 middle = (new Vector2(cell % Side, cell / Side) + new Vector2(.5f)) * field.Cell;
            Vector2 inside = middle - corner;
            float depth = Math.Min(Math.Min(inside.X, 64 - inside.X), Math.Min(inside.Y, 64 - inside.Y));
            if (depth > 12)
                Assert.True(Vector2.Distance(way, field.Frame(0)[cell]) < .3, $"inside at {middle}: {field.Frame(0)[cell]}");
            if (depth < -28)
                Assert.True(field.Frame(0)[cell].Length() < .3, $"outside at {middle}: {field.Frame(0)[cell]}");
        }
    }

    [Fact]
    public void Sees_no_motion_where_nothing_changes_or_nothing_is_to_be_seen()
    {
        byte[] still = MovingPictures.Pan(2, 96, 96, Vector2.Zero);
        byte[] grey = MovingPictures.Draw(2, 96, 96, (frame, _) => 100);

        Assert.All(OpticalFlow.Estimate(still, 2, 96, 12).Frame(0).ToArray(), way => Assert.Equal(Vector2.Zero, way));
        Assert.All(OpticalFlow.Estimate(grey, 2, 96, 12).Frame(0).ToArray(), way => Assert.Equal(Vector2.Zero, way));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(11, 5)]
    [InlineData(25, 31)]
    public void Any_size_has_a_flow(int size, int side)
    {
        MotionField field = OpticalFlow.Estimate(MovingPictures.Pan(3, size, size, Vector2.One), 3, size, side);

        Assert.All(field.Frame(0).ToArray(), way => Assert.True(float.IsFinite(way.X) && float.IsFinite(way.Y)));
    }

    [Fact]
    public void Noise_gives_numbers()
    {
        var random = new RandomStream(3, "noise", 0);
        byte[] noise = new byte[3 * 64 * 64 * 3];
        foreach (ref byte value in noise.AsSpan())
            value = (byte)random.NextInt(256);

        MotionField field = OpticalFlow.Estimate(noise, 3, 64, 16);

        Assert.All(field.Frame(0).ToArray(), way => Assert.True(float.IsFinite(way.X) && float.IsFinite(way.Y)));
    }

    [Fact]
    public void Pixels_of_another_size_are_refused() =>
        Assert.Contains("2 frames of 8x8", Assert.Throws<ArgumentException>(() => OpticalFlow.Estimate(new byte[5], 2, 8, 4)).Message, StringComparison.Ordinal);

    // A window at the edge may show what the other frame does not.
    private static float Worst(MotionField field, int frame, Vector2 way)
    {
        float worst = 0, margin = (way.Length() * 1.5f) + 12;
        for (int cell = 0; cell < field.Side * field.Side; cell++)
        {
            Vector2 middle = (new Vector2(cell % field.Side, cell / field.Side) + new Vector2(.5f)) * field.Cell;
            if (Math.Min(Math.Min(middle.X, middle.Y), Math.Min(field.Size - middle.X, field.Size - middle.Y)) > margin)
                worst = Math.Max(worst, Vector2.Distance(way, field.Frame(frame)[cell]));
        }

        return worst;
    }
}
