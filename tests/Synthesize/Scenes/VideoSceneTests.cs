using Unreel.Synthesize.Rendering;
using Unreel.Synthesize.Scenes;

namespace Unreel.Synthesize.Tests.Scenes;

/// <summary>How the draws of a scene hang together; how each is distributed is in <see cref="SceneStatisticsTests"/>.</summary>
public sealed class VideoSceneTests
{
    private const int Videos = 400;

    [Fact]
    public void Presets_that_add_something_keep_the_rest_of_the_scene()
    {
        MovingObject[] moving = Objects("moving-shapes", 10), accelerating = Objects("accelerating-and-transforming-textures", 10);
        Assert.All(moving.Zip(accelerating), pair => Assert.Equal(
            (pair.First.X, pair.First.Speed, pair.First.Figure.Corners, pair.First.Figure.X[0], pair.First.Figure.Colour),
            (pair.Second.X, pair.Second.Speed, pair.Second.Figure.Corners, pair.Second.Figure.X[0], pair.Second.Figure.Colour)));
    }

    // As the released generator lays them: an object of radius r shows the texture's first r x r texels at twice their size.
    [Fact]
    public void An_object_shows_the_corner_of_its_texture()
    {
        foreach (MovingObject item in Objects("accelerating-and-transforming-textures", 3))
        {
            TextureMap map = item.Texture(0, 256, new View(256));
            double radius = item.Figure.Radius, left = item.Figure.Corners == 0 ? item.X - radius : item.X, top = item.Figure.Corners == 0 ? item.Y - radius : item.Y;
            Assert.Equal(0, (map.U + ((left - map.X) * map.Ux)) / TextureMap.Unit, 1e-3);
            Assert.Equal(0, (map.V + ((top - map.Y) * map.Vy)) / TextureMap.Unit, 1e-3);
            Assert.Equal(radius, (map.U + ((left + (2 * radius) - map.X) * map.Ux)) / TextureMap.Unit, 1e-3);
        }
    }

    // Draws that share a number, or streams that repeat each other, show as a correlation; chance gives five errors once in
    // two million pairs.
    [Fact]
    public void Draws_do_not_depend_on_each_other()
    {
        MovingObject[] polygons = [.. Objects("accelerating-and-transforming-shapes", Videos).Where(item => item.Figure.Corners > 0)];
        Func<MovingObject, double>[] draws =
        [
            item => item.X, item => item.Y, item => item.Figure.Radius, item => (double)FigureForms.Kind(item),
            item => item.Figure.Colour.R, item => item.Figure.Colour.G, item => item.Figure.Colour.B,
            item => item.DirectionX, item => item.DirectionY, item => item.Speed, item => item.Acceleration,
            item => item.Rotation, item => item.ScaleX, item => item.ScaleY, item => item.ShearX, item => item.ShearY,
        ];
        double[][] values = [.. draws.Select(draw => Standardised(polygons.Select(draw)))];
        for (int i = 0; i < draws.Length; i++)
        {
            AssertUncorrelated(values[i].AsSpan(1), values[i].AsSpan(0, polygons.Length - 1), $"draw {i} and that of the object before");
            for (int other = 0; other < i; other++)
                AssertUncorrelated(values[i], values[other], $"draws {i} and {other}");
        }
    }

    [Fact]
    public void Corners_are_random_points_of_the_circle_in_the_box()
    {
        Spread corners = new(-0.5, 0.5), squares = new(-0.5, 0.5), diagonals = new(22.5, 67.5);
        foreach (MovingObject item in Objects("moving-shapes", Videos).Where(item => FigureForms.Kind(item) is not (SynthesisShape.Circle or SynthesisShape.Square)))
        {
            SynthesisShape kind = FigureForms.Kind(item);
            for (int corner = 0; corner < item.Figure.Corners; corner++)
                Assert.Equal(1, FigureForms.Corner(item, corner).Radii, 1e-9);

            double turns = FigureForms.Corner(item, 0).Turns;
            if (kind == SynthesisShape.Rectangle)
                diagonals.Add(turns * 360);
            else if (kind == SynthesisShape.OrientedSquare)
                squares.Add(turns);
            else
                corners.Add(FigureForms.Corner(item, (int)item.X % item.Figure.Corners).Turns);
        }

        // One corner an object, chosen by a draw that has nothing to do with it, since the corners of one are not independent.
        corners.AssertUniform("corners of triangles and quadrilaterals");
        squares.AssertUniform("corners of oriented squares");
        diagonals.AssertUniform("diagonals of rectangles");
    }

    private static void AssertUncorrelated(ReadOnlySpan<double> one, ReadOnlySpan<double> other, string what)
    {
        double sum = 0;
        for (int i = 0; i < one.Length; i++)
            sum += one[i] * other[i];

        double correlation = sum / one.Length, allowed = Shares.Errors / Math.Sqrt(one.Length);
        Assert.True(Math.Abs(correlation) < allowed, $"{what} have a correlation of {correlation:F5}, by chance less than {allowed:F5}.");
    }

    private static double[] Standardised(IEnumerable<double> values)
    {
        double[] all = [.. values];
        double mean = all.Average(), deviation = Math.Sqrt(all.Average(value => (value - mean) * (value - mean)));
        return [.. all.Select(value => (value - mean) / deviation)];
    }

    private static MovingObject[] Objects(string preset, int videos)
    {
        SynthesisPreset shown = TestPresets.Videos(preset).Videos!;
        VideoScene scene = new(shown, 21, TestPools.SetFor(shown));
        List<MovingObject> all = [];
        for (int i = 0; i < videos; i++)
        {
            scene.Load(i);
            all.AddRange(scene.All);
        }

        return [.. all];
    }
}
