using Unreel.Synthesize.Textures.Stylegan;

namespace Unreel.Synthesize.Tests.Textures.Stylegan;

public sealed class WaveletKernelsTests
{
    private static float[] Kernel(float[] bank, int kernel) => bank.AsSpan(9 * kernel, 9).ToArray();

    // Signs alone do not tell lines 22.5 degrees apart from the upright and the level one.
    [Theory]
    [InlineData(true, 32)]
    [InlineData(false, 40)]
    public void A_bank_has_forty_kernels_the_second_half_negatives_of_the_first(bool sharp, int different)
    {
        float[] bank = sharp ? WaveletKernels.Sharp : WaveletKernels.Graded;

        Assert.Equal(40 * 9, bank.Length);
        for (int kernel = 0; kernel < 20; kernel++)
            Assert.Equal(Kernel(bank, kernel), Kernel(bank, 20 + kernel).Select(value => -value));
        Assert.Equal(different, Enumerable.Range(0, 40).Select(kernel => string.Join(' ', Kernel(bank, kernel).Select(value => value + 0))).Distinct().Count());
    }

    [Fact]
    public void Sharp_kernels_are_signs()
    {
        Assert.Equal([1, 0, -1, 1, 0, -1, 1, 0, -1], Kernel(WaveletKernels.Sharp, 0));
        Assert.Equal([1, 1, 0, 1, 0, -1, 0, -1, -1], Kernel(WaveletKernels.Sharp, 2));
        Assert.Equal([1, -1, 1, 1, -1, 1, 1, -1, 1], Kernel(WaveletKernels.Sharp, 8));
        Assert.All(WaveletKernels.Sharp, value => Assert.Contains(value, new float[] { -1, 0, 1 }));
    }

    [Fact]
    public void Graded_edges_and_lines_have_no_mean_and_specials_do()
    {
        for (int kernel = 0; kernel < 16; kernel++)
            Assert.Equal(0, Kernel(WaveletKernels.Graded, kernel).Sum(), 1e-5);
        Assert.Equal([1, -7, 5, 1], Enumerable.Range(16, 4).Select(kernel => Kernel(WaveletKernels.Graded, kernel).Sum()));
        Assert.Equal(.923880, Kernel(WaveletKernels.Graded, 1)[3], 1e-5);
        Assert.Equal(-.382683, Kernel(WaveletKernels.Graded, 1)[7], 1e-5);
    }
}
