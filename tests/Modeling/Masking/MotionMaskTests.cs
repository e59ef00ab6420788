using System.Numerics;
using Unreel.Video;

namespace Unreel.Modeling.Tests;

public sealed class MotionMaskTests
{
    private static readonly VideoTransformerShape Shape = Presets.Get("s");

    public static TheoryData<string, double, int, int, int> Counts => new()
    {
        // 14 x 14 places, then grids that are odd or small. What is hidden is rounded down by one, what is visible by the other.
        { "motion-vectors", .9, 224, 16, 20 },
        { "motion-flow", .9, 224, 16, 19 },
        { "motion-vectors", .75, 224, 16, 49 },
        { "motion-flow", .75, 224, 16, 49 },
        { "motion-vectors", .9, 112, 16, 5 },
        { "motion-flow", .9, 112, 16, 4 },
        { "motion-vectors", .9, 60, 12, 3 },
        { "motion-flow", .9, 60, 12, 2 },
        { "motion-flow", .75, 45, 15, 2 },
        { "motion-vectors", .6, 32, 16, 2 },
    };

    [Theory]
    [MemberData(nameof(Counts))]
    public void Every_slot_of_every_clip_has_as_many_visible_places(string name, double ratio, int size, int patch, int visible)
    {
        VideoTransformerShape shape = Shape with { ImageSize = size, PatchSize = patch };
        IMaskStrategy strategy = MaskStrategies.Create(name, ratio);
        var masking = new Masking(strategy, shape, seed: 1);
        var random = new RandomStream(1, "test field", 0);
        for (int sample = 0; sample < 5; sample++)
        {
            MotionField field = Field(shape, strategy, (_, _) => new Vector2((float)random.NextDouble(-20, 20), (float)random.NextDouble(-20, 20)));

            TokenMask mask = masking.Draw(sample, default, field);

            Assert.Equal(visible * shape.Slots, masking.VisibleTokens);
            Assert.All(mask.Visible.GroupBy(token => token / shape.SlotTokens), slot => Assert.Equal(visible, slot.Count()));
            Assert.Equal(Enumerable.Range(0, shape.Tokens), mask.Visible.Concat(mask.Hidden).Order());
        }
    }

    [Theory]
    [InlineData("motion-vectors")]
    [InlineData("motion-flow")]
    public void A_clip_that_stands_still_gets_a_random_tube(string name)
    {
        IMaskStrategy strategy = MaskStrategies.Create(name, .75);
        var masking = new Masking(strategy, Shape, seed: 1);
        MotionField still = Field(Shape, strategy, (_, _) => Vector2.Zero);
        int[] visible = new int[Shape.SlotTokens];
        for (int sample = 0; sample < 200; sample++)
        {
            int[][] slots = [.. masking.Draw(sample, default, still).Visible.GroupBy(token => token / Shape.SlotTokens).Select(slot => slot.Select(token => token % Shape.SlotTokens).ToArray())];
            Assert.All(slots, slot => Assert.Equal(slots[0], slot));
            foreach (int place in slots[0])
                visible[place]++;
        }

        // 50 expected of 200; sums of Gaussians favour chosen places that lie together, and so those that have neighbours.
        Assert.All(visible, count => Assert.InRange(count, 10, 100));
    }

    [Theory]
    [InlineData("motion-vectors")]
    [InlineData("motion-flow")]
    public void A_mask_is_a_function_of_seed_sample_and_motion(string name)
    {
        IMaskStrategy strategy = MaskStrategies.Create(name, .9);
        var one = new Masking(strategy, Shape, seed: 1);
        var other = new Masking(strategy, Shape, seed: 2);
        MotionField pan = Field(Shape, strategy, (_, _) => new Vector2(5, 0));

        Assert.Equal(one.Draw(7, default, pan).Visible, one.Draw(7, default, pan).Visible);
        Assert.NotEqual(one.Draw(7, default, pan).Visible, one.Draw(8, default, pan).Visible);
        Assert.NotEqual(one.Draw(7, default, pan).Visible, other.Draw(7, default, pan).Visible);
    }

    [Fact]
    public void Vectors_hide_what_moves_most_in_every_slot()
    {
        IMaskStrategy strategy = MaskStrategies.Create("motion-vectors", .75);

        // A block of 5 x 5 places that goes one place to the right with every slot.
        bool Moving(int frame, Vector2 place) => place.X / 16 >= 1 + (frame / 2) && place.X / 16 < 6 + (frame / 2) && place.Y / 16 is >= 4 and < 9;
        MotionField field = Field(Shape, strategy, (frame, place) => Moving(frame, place) ? new Vector2(-3, 4) : new Vector2(.2f, 0));

        TokenMask mask = new Masking(strategy, Shape, seed: 1).Draw(0, default, field);

        Assert.All(mask.Visible, token => Assert.False(Moving(token / 196 * 2, Middle(token))));
        Assert.Equal(25 * 8, mask.Hidden.Count(token => Moving(token / 196 * 2, Middle(token))));
    }

    [Fact]
    public void Differences_of_rounding_do_not_choose()
    {
        IMaskStrategy strategy = MaskStrategies.Create("motion-vectors", .75);
        MotionField even = Field(Shape, strategy, (_, _) => new Vector2(3, 0)), rough = Field(Shape, strategy, (_, place) => new Vector2(3 + (1e-5f * place.X), 0));
        var masking = new Masking(strategy, Shape, seed: 1);

        Assert.Equal(masking.Draw(3, default, even).Visible, masking.Draw(3, default, rough).Visible);
    }

    [Fact]
    public void A_box_hides_the_surroundings_of_what_moves()
    {
        MotionField field = Field(Shape, MaskStrategies.Create("motion-vectors", .75), (_, place) => (int)(place.X / 16) == 7 && (int)(place.Y / 16) == 7 ? new Vector2(9, 0) : Vector2.Zero);
        int[] around = [.. Enumerable.Range(0, 9).Select(near => ((6 + (near / 3)) * 14) + 6 + (near % 3))];

        int Hidden(int? box) => new Masking(MaskStrategies.Create("motion-vectors", .1, box), Shape, seed: 1).Draw(0, default, field).Hidden.Count(token => around.Contains(token % 196));

        Assert.Equal(9 * 8, Hidden(3));
        Assert.InRange(Hidden(null), 8, 5 * 8);
    }

    [Theory]
    [InlineData("motion-vectors", 2, "odd")]
    [InlineData("motion-vectors", -1, "odd")]
    [InlineData("tube", 3, "'tube' has no box")]
    public void Wrong_boxes_are_refused(string name, int box, string expected) =>
        Assert.Contains(expected, Assert.Throws<ModelException>(() => MaskStrategies.Create(name, .9, box)).Message, StringComparison.Ordinal);

    [Fact]
    public void Without_vectors_there_is_no_mask_by_vectors() =>
        Assert.Contains("needs the motion vectors", Assert.Throws<ModelException>(() => new Masking(MaskStrategies.Create("motion-vectors", .9), Shape, seed: 1).Draw(0, default)).Message, StringComparison.Ordinal);

    // The content of the clip moves as a whole: what is visible goes along, as far as it stays in the picture.
    [Theory]
    [InlineData(8, 0)]
    [InlineData(0, -8)]
    public void Visible_places_go_along_with_a_pan(float across, float down)
    {
        IMaskStrategy strategy = MaskStrategies.Create("motion-flow", .9);
        var way = new Vector2(across, down);
        int middle = MotionField.Middle(Shape.Frames);
        MotionField field = Field(Shape, strategy, (frame, _) => way * -Math.Sign(frame - middle));
        int along = 0, stayed = 0, all = 0;
        for (int sample = 0; sample < 20; sample++)
        {
            HashSet<int> visible = [.. new Masking(strategy, Shape, seed: 1).Draw(sample, default, field).Visible];
            for (int place = 0; place < 196; place++)
            {
                // One place a slot: the one that slot 3 shows lies elsewhere in slot 5.
                int moved = place + (2 * Math.Sign(across)) + (2 * 14 * Math.Sign(down));
                if (!visible.Contains((3 * 196) + place) || moved < 0 || moved >= 196 || Math.Abs((moved % 14) - (place % 14)) > 2)
                    continue;

                all++;
                along += visible.Contains((5 * 196) + moved) ? 1 : 0;
                stayed += visible.Contains((5 * 196) + place) ? 1 : 0;
            }
        }

        Assert.True(all > 200 && along > .7 * all, $"{along} of {all} visible places go along");
        Assert.True(stayed < .3 * all, $"{stayed} of {all} stay");
    }

    // A square crosses the clip; flow is found from the pixels. How much of what is seen of the square at first is seen of it later.
    [Fact]
    public void What_is_seen_of_a_moving_square_stays_in_sight_unlike_with_a_tube()
    {
        byte[] pixels = MovingSquare(way: 9);
        var flow = new Masking(MaskStrategies.Create("motion-flow", .75), Shape, seed: 1);
        var tube = new Masking(MaskStrategies.Create("tube", .75), Shape, seed: 1);
        double followed = 0, stayed = 0;
        for (int sample = 0; sample < 12; sample++)
        {
            followed += KeptInSight(flow.Draw(sample, pixels), way: 9);
            stayed += KeptInSight(tube.Draw(sample, pixels), way: 9);
        }

        Assert.True(followed / 12 > .65, $"{followed / 12}");
        Assert.True(stayed / 12 < .35, $"{stayed / 12}");
    }

    [Fact]
    public void Content_from_outside_is_filled_from_the_first_map()
    {
        var first = VisibilityMap.OfPlaces([0, 5], places: 4, fine: 4);
        var flow = new MotionField(1, 64, 8);
        flow.Frame(0).Fill(new Vector2(1000, 0));
        float[] filled = new float[16], expected = new float[16];

        first.Warped(flow, 0, first).AddTo(filled);
        first.AddTo(expected);

        Assert.Equal(expected, filled);
        Assert.Equal(1, first.Warped(new MotionField(1, 64, 8), 0, first).At(new Vector2(2, 2)), .02);
    }

    // Places chosen at random on the square in slot 4 are looked for, moved along, in the slots about it.
    private static double KeptInSight(TokenMask mask, int way)
    {
        HashSet<int> visible = [.. mask.Visible];
        int kept = 0, looked = 0;
        foreach (int token in mask.Visible.Where(token => token / 196 == 4))
        {
            Vector2 middle = Middle(token);
            if (!OnSquare(middle, 8 * way))
                continue;

            foreach (int slot in (int[])[1, 2, 6, 7])
            {
                int x = (int)((middle.X + ((slot - 4) * 2 * way)) / 16), y = (int)(middle.Y / 16);
                looked++;
                kept += visible.Contains((slot * 196) + (y * 14) + x) ? 1 : 0;
            }
        }

        return looked == 0 ? .5 : (double)kept / looked;
    }

    private static bool OnSquare(Vector2 place, float shift) => place.X - shift is >= 16 and < 96 && place.Y is >= 64 and < 144;

    private static byte[] MovingSquare(int way)
    {
        byte[] pixels = new byte[Shape.ClipBytes];
        for (int pixel = 0; pixel < pixels.Length / 3; pixel++)
        {
            (int frame, int rest) = Math.DivRem(pixel, 224 * 224);
            (int y, int x) = Math.DivRem(rest, 224);
            bool on = OnSquare(new Vector2(x, y), frame * way);
            double u = on ? x - (frame * way) + 500 : x, v = on ? y + 300 : y;
            pixels.AsSpan(pixel * 3, 3).Fill((byte)(128 + (40 * Math.Sin((u * .31) + (v * .12))) + (40 * Math.Sin((v * .27) - (u * .17))) + (30 * Math.Sin((u * .07) + (v * .43)))));
        }

        return pixels;
    }

    private static Vector2 Middle(int token) => new(((token % 196 % 14) * 16) + 8, ((token % 196 / 14) * 16) + 8);

    private static MotionField Field(VideoTransformerShape shape, IMaskStrategy strategy, Func<int, Vector2, Vector2> way)
    {
        var field = new MotionField(shape.Frames, shape.ImageSize, strategy.Motion(shape)!.Side);
        for (int frame = 0; frame < shape.Frames; frame++)
            for (int cell = 0; cell < field.Side * field.Side; cell++)
                field.Frame(frame)[cell] = way(frame, (new Vector2(cell % field.Side, cell / field.Side) + new Vector2(.5f)) * field.Cell);
        return field;
    }
}
