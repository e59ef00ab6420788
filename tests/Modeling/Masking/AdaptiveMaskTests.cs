using Unreel.Video;

namespace Unreel.Modeling.Tests;

public sealed class AdaptiveMaskTests
{
    [Theory]
    [InlineData(0.95, 1568, 78)]
    [InlineData(0.9, 160, 16)]
    [InlineData(0.5, 9, 4)]
    public void The_integer_part_of_the_share_is_visible(double ratio, int tokens, int expected)
    {
        VideoTransformerShape shape = Micro.Shape with { Frames = tokens, TubeletSize = 1, ImageSize = 8, PatchSize = 8 };

        Assert.Equal(expected, new AdaptiveMask { Ratio = ratio }.CountVisible(shape));
    }

    [Fact]
    public void The_papers_ratio_and_weight_are_the_defaults() => Assert.Equal((0.95, 1e-4), (new AdaptiveMask().Ratio, new AdaptiveMask().LossWeight));

    [Fact]
    public void Tokens_are_drawn_without_replacement_by_their_chances()
    {
        double[] chances = [0.5, 0.3, 0.15, 0.05];
        float[] logarithms = [.. chances.Select(chance => (float)Math.Log(chance))];
        const int Draws = 20000;
        int[] single = new int[4];
        int[] pairs = new int[4];
        for (int draw = 0; draw < Draws; draw++)
        {
            var random = new RandomStream(3, "test", (ulong)draw);
            single[Array.IndexOf(AdaptiveMask.Draw(logarithms, 1, ref random), false)]++;
            bool[] hidden = AdaptiveMask.Draw(logarithms, 2, ref random);
            Assert.Equal(2, hidden.Count(isHidden => isHidden));
            for (int token = 0; token < 4; token++)
                pairs[token] += hidden[token] ? 0 : 1;
        }

        // Among two: drawn first, or second after another that left its share to the rest.
        double Second(int token) => Enumerable.Range(0, 4).Where(other => other != token).Sum(other => chances[other] * chances[token] / (1 - chances[other]));
        for (int token = 0; token < 4; token++)
        {
            Assert.Equal(chances[token], (double)single[token] / Draws, 0.015);
            Assert.Equal(chances[token] + Second(token), (double)pairs[token] / Draws, 0.015);
        }
    }
}
