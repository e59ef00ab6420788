namespace Unreel.Modeling.Tests;

public sealed class MaskStrategyTests
{
    private static readonly VideoTransformerShape Shape = Presets.Get("s");

    [Fact]
    public void A_random_mask_hides_its_share_of_all_tokens_wherever_they_are()
    {
        TokenMask mask = new Masking(new RandomMask(0.9), Shape, seed: 1).Draw(0, default);
        Assert.Equal(1411, mask.Hidden.Length);
        Assert.Equal(Enumerable.Range(0, Shape.Tokens), mask.Hidden.Concat(mask.Visible).Order());
        int[] visibleBySlot = [.. Enumerable.Range(0, Shape.Slots).Select(slot => mask.Visible.Count(token => token / Shape.SlotTokens == slot))];
        Assert.True(visibleBySlot.Distinct().Count() > 1, "slots differ, unlike a tube's");
    }

    [Fact]
    public void A_frame_mask_hides_whole_slots()
    {
        var masking = new Masking(new FrameMask(0.75), Shape, seed: 1);
        int[] times = new int[Shape.Slots];
        for (int sample = 0; sample < 400; sample++)
        {
            int[] slots = [.. masking.Draw(sample, default).Hidden.GroupBy(token => token / Shape.SlotTokens).Select(slot => { Assert.Equal(Shape.SlotTokens, slot.Count()); return slot.Key; })];
            Assert.Equal(6, slots.Length);
            foreach (int slot in slots)
                times[slot]++;
        }

        // 300 expected, deviation sqrt(400 * .75 * .25) = 8.7: five of them either way.
        Assert.All(times, count => Assert.InRange(count, 257, 343));
    }

    [Fact]
    public void A_running_cell_predicts_half_of_every_cell_and_every_place_twice_in_four_slots()
    {
        var random = new Video.RandomStream(1, "test", 0);
        bool[] predicted = new bool[Shape.Tokens];
        new RunningCell().Draw(Shape, ref random, predicted);
        for (int slot = 0; slot < Shape.Slots; slot++)
        {
            for (int row = 0; row < Shape.GridSide; row += 2)
            {
                for (int column = 0; column < Shape.GridSide; column += 2)
                    Assert.Equal(2, Cell(slot, row, column).Count(token => predicted[token]));
            }
        }

        for (int place = 0; place < Shape.SlotTokens; place++)
            Assert.Equal([2, 2], new[] { 0, 4 }.Select(first => Enumerable.Range(first, 4).Count(slot => predicted[(slot * Shape.SlotTokens) + place])));

        Assert.NotEqual(Cell(0, 0, 0).Select(token => predicted[token]), Cell(1, 0, 0).Select(token => predicted[token]));
    }

    [Fact]
    public void Four_phases_come_equally_often()
    {
        var random = new Video.RandomStream(1, "test", 0);
        Dictionary<string, int> phases = [];
        bool[] predicted = new bool[Shape.Tokens];
        for (int draw = 0; draw < 4000; draw++)
        {
            new RunningCell().Draw(Shape, ref random, predicted);
            string phase = string.Join(string.Empty, Cell(0, 0, 0).Select(token => predicted[token] ? 1 : 0));
            phases[phase] = phases.GetValueOrDefault(phase) + 1;
        }

        Assert.Equal(4, phases.Count);
        Assert.All(phases.Values, count => Assert.InRange(count, 863, 1137));
    }

    [Theory]
    [InlineData("tube", 0.9, 704)]
    [InlineData("random", 0.9, 705)]
    [InlineData("frame", 0.75, 588)]
    public void With_a_decoder_mask_a_fixed_half_of_the_hidden_tokens_is_predicted(string strategy, double ratio, int predicted)
    {
        var masking = new Masking(MaskStrategies.Create(strategy, ratio), Shape, seed: 3, new RunningCell());
        Assert.Equal(predicted, masking.PredictedTokens);
        for (int sample = 0; sample < 5; sample++)
        {
            TokenMask mask = masking.Draw(sample, default);
            Assert.Equal(predicted, mask.Predicted.Length);
            Assert.Empty(mask.Predicted.Except(mask.Hidden));
            Assert.Equal(mask.Predicted.Order(), mask.Predicted);
        }
    }

    [Fact]
    public void Under_a_tube_the_predicted_tokens_are_exactly_the_cells()
    {
        var masking = new Masking(new TubeMask(0.9), Shape, seed: 3, new RunningCell());
        TokenMask mask = masking.Draw(1, default);
        Assert.All(mask.Predicted.GroupBy(token => token % Shape.SlotTokens), place => Assert.Equal(4, place.Count()));
    }

    [Fact]
    public void Without_a_decoder_mask_all_hidden_tokens_are_predicted()
    {
        TokenMask mask = new Masking(new TubeMask(0.9), Shape, seed: 3).Draw(1, default);
        Assert.Equal(mask.Hidden, mask.Predicted);
    }

    [Fact]
    public void An_unknown_decoder_mask_lists_the_known() =>
        Assert.Contains("running-cell", Assert.Throws<ModelException>(() => MaskStrategies.Decoder("cell")).Message, StringComparison.Ordinal);

    private static int[] Cell(int slot, int row, int column) =>
        [.. new[] { 0, 1 }.SelectMany(_ => new[] { 0, 1 }, (down, right) => (slot * Shape.SlotTokens) + ((row + down) * Shape.GridSide) + column + right)];
}
