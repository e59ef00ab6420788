using System.Numerics;
using Unreel.Synthesize.Rendering;
using Unreel.Synthesize.Scenes;
using Unreel.Video;

namespace Unreel.Synthesize.Tests.Rendering;

public sealed class SceneTracerTests
{
    private const int Side = 128;
    private static readonly Vector2[] Middles = [.. Enumerable.Range(0, Side * Side).Where(pixel => pixel % 5 == 0).Select(pixel => new Vector2((pixel % Side) + .5f, (pixel / Side) + .5f))];

    // Every object has a colour of its own: what goes along with it is where its colour is, unless it is covered there.
    [Theory]
    [InlineData("moving-circles")]
    [InlineData("moving-shapes")]
    [InlineData("moving-and-transforming-shapes")]
    [InlineData("accelerating-and-transforming-shapes")]
    public void Points_go_where_their_colour_goes(string name)
    {
        using SynthesisSource source = new(TestPresets.Videos(name, size: Side));
        AssertColoursGoAlong(source, least: .8);
    }

    [Fact]
    public void Points_of_labelled_videos_go_where_their_colour_goes()
    {
        using SynthesisSource source = new(TestPresets.Motions(size: Side));
        AssertColoursGoAlong(source, least: .8);
    }

    // Textures know their own way: the same texel lies at both ends of a displacement.
    [Theory]
    [InlineData("accelerating-and-transforming-textures")]
    [InlineData("image-crops-image-background")]
    [InlineData("slow-moving-and-transforming-shapes")]
    public void Displacements_join_equal_texels(string name)
    {
        SynthesisPreset preset = PresetLibrary.ReadVideos(name) with { Size = Side };
        VideoScene scene = new(preset with { Textures = PresetLibrary.ReadVideos("accelerating-and-transforming-textures").Textures, TexturedObjects = true }, 1, TestPools.SetFor(PresetLibrary.ReadVideos("accelerating-and-transforming-textures")));
        var view = new View(Side);
        var ways = new Vector2[Middles.Length];
        int moving = 0;
        for (int video = 0; video < 3; video++)
        {
            scene.Load(video);
            new SceneTracer(Side).Displace(scene, 5, 9, Middles, ways);
            for (int i = 0; i < ways.Length; i++)
            {
                if (ways[i] == Vector2.Zero)
                    continue;

                moving++;
                Assert.Contains(Enumerable.Range(0, scene.Objects), index =>
                    Vector2.Distance(Texel(scene.Patch(index, 5, view).Map, Middles[i]), Texel(scene.Patch(index, 9, view).Map, Middles[i] + ways[i])) < .02f);
            }
        }

        Assert.True(moving > 1000, $"only {moving} points move");
    }

    [Theory]
    [InlineData(SynthesisMotion.TranslateRight, 1, 0)]
    [InlineData(SynthesisMotion.TranslateLeft, -1, 0)]
    [InlineData(SynthesisMotion.TranslateDown, 0, 1)]
    [InlineData(SynthesisMotion.TranslateUp, 0, -1)]
    public void Labelled_objects_move_at_their_rate_across_borders_too(SynthesisMotion motion, int across, int down)
    {
        MotionScene scene = new(new MotionPreset { Size = Side, Motions = [motion] }, 1);
        var ways = new Vector2[Middles.Length];
        int moving = 0, still = 0;
        for (int video = 0; video < 20; video++)
        {
            scene.Load(video);
            new SceneTracer(Side).Displace(scene, 20, 36, Middles, ways);
            Vector2 expected = new Vector2(across, down) * (float)(scene.Course.Rate * 16 * Side / View.SceneSide);
            int with = ways.Count(way => Vector2.Distance(way, expected) < .001f);

            // The rest is clutter, which sways.
            Assert.All(ways, way => Assert.True(Vector2.Distance(way, expected) < .001f || way.Length() < 4, $"{way} is not {expected}"));
            (moving, still) = (moving + with, still + ways.Length - with);
        }

        Assert.True(moving > 3000 && still > 3000, $"{moving} points move, {still} do not");
    }

    [Fact]
    public void Nothing_moves_from_a_frame_to_itself_or_in_a_still_video()
    {
        using SynthesisSource source = new(TestPresets.Videos("static-circles", size: Side)), moving = new(TestPresets.Videos("moving-circles", size: Side));
        Vector2[] ways = [.. Middles], same = [.. Middles];

        source.Displace(0, 3, 40, Middles, ways);
        moving.Displace(0, 7, 7, Middles, same);

        Assert.All(ways, way => Assert.Equal(Vector2.Zero, way));
        Assert.All(same, way => Assert.Equal(Vector2.Zero, way));
    }

    [Fact]
    public void The_motion_of_real_videos_is_not_known()
    {
        using SynthesisSource source = TestPools.Open(TestPresets.Videos("shapes-with-75-percent-real", size: 32), new TestClips(3));
        int real = Enumerable.Range(0, 8).First(source.IsReal), drawn = Enumerable.Range(0, 8).First(index => !source.IsReal(index));

        Assert.False(source.KnowsMotion(real));
        Assert.True(source.KnowsMotion(drawn));
        Assert.Contains("real one", Assert.Throws<ArgumentException>(() => source.Displace(real, 0, 1, Middles, new Vector2[Middles.Length])).Message, StringComparison.Ordinal);
    }

    // The two ways to know flow, on clips as training cuts them, mirrored or not.
    [Theory]
    [InlineData("accelerating-and-transforming-textures", 0)]
    [InlineData("image-crops-image-background", 1)]
    public void Computed_flow_agrees_where_textures_move(string name, double flip)
    {
        using SynthesisSource source = TestPools.Open(TestPresets.Videos(name, size: 256));
        var options = new AugmentationOptions { Frames = 3, Stride = 2, Size = 224, Flip = flip };
        int agreeing = 0, moving = 0;
        for (int video = 0; video < 6; video++)
        {
            RandomStream random = new(1, "test", (ulong)video);
            AugmentedClip clip = ClipAugmentation.Read(source, video, options, new MotionRequest(MotionKind.Flow, 28), ref random, default);
            MotionField computed = OpticalFlow.Estimate(clip.Pixels, 3, 224, 28);
            foreach (int cell in Inner(clip.Motion!, 0))
            {
                Vector2 exact = clip.Motion!.Frame(0)[cell];
                moving++;
                agreeing += Vector2.Distance(exact, computed.Frame(0)[cell]) < .5f + (.1f * exact.Length()) ? 1 : 0;
            }
        }

        Assert.True(moving > 100, $"only {moving} cells move");
        Assert.True(agreeing > .8 * moving, $"{agreeing} of {moving} cells agree");
    }

    // Cells that move, with all their neighbours nearly alike.
    private static IEnumerable<int> Inner(MotionField field, int frame)
    {
        for (int row = 1; row < field.Side - 1; row++)
        {
            for (int column = 1; column < field.Side - 1; column++)
            {
                Vector2 way = field.Frame(frame)[(row * field.Side) + column];
                bool alike = way.Length() > .5f;
                for (int near = 0; near < 9 && alike; near++)
                    alike = Vector2.Distance(way, field.Frame(frame)[((row + (near / 3) - 1) * field.Side) + column + (near % 3) - 1]) < 1;
                if (alike)
                    yield return (row * field.Side) + column;
            }
        }
    }

    private static void AssertColoursGoAlong(SynthesisSource source, double least)
    {
        var ways = new Vector2[Middles.Length];
        int moving = 0, along = 0, doubled = 0;
        for (int video = 0; video < 12; video++)
        {
            source.Displace(video, 10, 14, Middles, ways);
            Clip clip = source.Read(video, [10, 14], null, default);
            for (int i = 0; i < ways.Length; i++)
            {
                Vector2 there = Middles[i] + ways[i];
                if (ways[i].Length() < .75f || there.X < 0 || there.Y < 0 || there.X >= Side || there.Y >= Side)
                    continue;

                moving++;
                int colour = Colour(clip.Frame(0), Middles[i]);
                along += colour == Colour(clip.Frame(1), there) ? 1 : 0;
                doubled += colour == Colour(clip.Frame(1), Vector2.Clamp(Middles[i] + (3 * ways[i]), Vector2.Zero, new Vector2(Side - 1))) ? 1 : 0;
            }
        }

        Assert.True(moving > 500, $"only {moving} points move");
        Assert.True(along > least * moving, $"{along} of {moving} points keep their colour");
        Assert.True(doubled < .8 * along, $"{doubled} points would keep it going three times as far: this tells nothing");
    }

    private static int Colour(ReadOnlySpan<byte> frame, Vector2 place)
    {
        ReadOnlySpan<byte> pixel = frame.Slice((((int)place.Y * Side) + (int)place.X) * 3, 3);
        return (pixel[0] << 16) | (pixel[1] << 8) | pixel[2];
    }

    private static Vector2 Texel(TextureMap map, Vector2 point)
    {
        double x = point.X - .5 - map.X, y = point.Y - .5 - map.Y;
        return new Vector2((float)((map.U + (x * map.Ux) + (y * map.Uy)) / TextureMap.Unit), (float)((map.V + (x * map.Vx) + (y * map.Vy)) / TextureMap.Unit));
    }
}
