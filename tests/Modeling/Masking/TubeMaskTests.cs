namespace Unreel.Modeling.Tests;

public sealed class TubeMaskTests
{
    [Theory]
    [InlineData(0.9, 176)]
    [InlineData(0.75, 147)]
    public void So_many_places_of_196_are_hidden_in_every_slot(double ratio, int hidden)
    {
        VideoTransformerShape shape = Presets.Get("s");
        TokenMask mask = new Masking(new TubeMask(ratio), shape, seed: 1).Draw(sample: 0, default);

        int[][] slots = [.. mask.Hidden.GroupBy(token => token / shape.SlotTokens).Select(slot => slot.Select(token => token % shape.SlotTokens).ToArray())];

        Assert.Equal(8, slots.Length);
        Assert.Equal(hidden, slots[0].Length);
        Assert.All(slots, slot => Assert.Equal(slots[0], slot));
        Assert.Equal(Enumerable.Range(0, shape.Tokens), mask.Hidden.Concat(mask.Visible).Order());
    }

    [Fact]
    public void A_mask_is_a_function_of_seed_and_sample()
    {
        VideoTransformerShape shape = Presets.Get("s");
        var one = new Masking(new TubeMask(0.9), shape, seed: 1);
        var other = new Masking(new TubeMask(0.9), shape, seed: 2);

        Assert.Equal(one.Draw(7, default).Visible, one.Draw(7, default).Visible);
        Assert.NotEqual(one.Draw(7, default).Visible, one.Draw(8, default).Visible);
        Assert.NotEqual(one.Draw(7, default).Visible, other.Draw(7, default).Visible);
    }

    [Fact]
    public void Every_place_is_hidden_about_as_often()
    {
        var masking = new Masking(new TubeMask(0.75), Micro.Shape, seed: 3);
        int[] hidden = new int[Micro.Shape.Tokens];
        for (int sample = 0; sample < 4000; sample++)
        {
            foreach (int token in masking.Draw(sample, default).Hidden)
                hidden[token]++;
        }

        // 3000 expected, deviation sqrt(4000 * .75 * .25) = 27: five of them either way.
        Assert.All(hidden, count => Assert.InRange(count, 2863, 3137));
    }

    [Fact]
    public void A_ratio_that_hides_nothing_is_refused()
    {
        var error = Assert.Throws<ModelException>(() => new Masking(new TubeMask(0.1), Micro.Shape, seed: 1));

        Assert.Contains("8 of 8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_strategy_lists_the_known() =>
        Assert.Contains("tube", Assert.Throws<ModelException>(() => MaskStrategies.Create("tub", 0.9)).Message, StringComparison.Ordinal);
}
