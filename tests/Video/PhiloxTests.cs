namespace Unreel.Video.Tests;

public class PhiloxTests
{
    // The known answers that come with the generator's reference implementation (Random123, kat_vectors).
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Draw_gives_the_known_answers(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint x0, uint x1, uint x2, uint x3) =>
        Assert.Equal((x0, x1, x2, x3), Philox.Draw(c0, c1, c2, c3, k0, k1));

    [Fact]
    public void Streams_that_differ_in_seed_purpose_or_index_differ()
    {
        (ulong, string, ulong)[] keys = [(1, "a", 1), (2, "a", 1), (1, "b", 1), (1, "a", 2), (1ul << 32, "a", 1), (1, "a", 1ul << 32)];
        ulong[] first = [.. keys.Select(static key => new RandomStream(key.Item1, key.Item2, key.Item3).NextUInt64())];
        Assert.Equal(first.Length, first.Distinct().Count());
    }

    [Fact]
    public void Same_key_gives_same_numbers()
    {
        var a = new RandomStream(7, "crop", 3);
        var b = new RandomStream(7, "crop", 3);
        for (int i = 0; i < 100; i++)
            Assert.Equal(a.NextUInt32(), b.NextUInt32());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(10)]
    public void NextInt_is_uniform(int bound)
    {
        const int Draws = 70_000;
        var random = new RandomStream(5, "uniform", (ulong)bound);
        int[] counts = new int[bound];
        for (int i = 0; i < Draws; i++)
            counts[random.NextInt(bound)]++;

        double expected = (double)Draws / bound;
        double chiSquare = counts.Sum(count => (count - expected) * (count - expected) / expected);
        Assert.True(chiSquare < 30, $"chi square {chiSquare} over {bound} values");
    }

    [Fact]
    public void NextDouble_has_the_mean_and_variance_of_the_unit_interval()
    {
        const int Draws = 100_000;
        var random = new RandomStream(5, "double", 0);
        double sum = 0, squares = 0;
        for (int i = 0; i < Draws; i++)
        {
            double value = random.NextDouble();
            Assert.InRange(value, 0, 1 - 1e-17);
            sum += value;
            squares += value * value;
        }

        Assert.Equal(.5, sum / Draws, .005);
        Assert.Equal(1.0 / 3, squares / Draws, .005);
    }

    [Fact]
    public void NextInt_refuses_an_empty_range()
    {
        var random = new RandomStream(0, "none", 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => random.NextInt(0));
    }

    [Fact]
    public void Shuffle_keeps_every_item()
    {
        var random = new RandomStream(0, "order", 0);
        int[] items = [.. Enumerable.Range(0, 100)];
        random.Shuffle(items.AsSpan());
        Assert.NotEqual(Enumerable.Range(0, 100), items);
        Assert.Equal(Enumerable.Range(0, 100), items.Order());
    }
}
