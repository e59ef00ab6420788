using Unreel.Synthesize.Rendering;

namespace Unreel.Synthesize.Tests.Rendering;

public sealed class SolidFillTests
{
    [Fact]
    public void Paints_runs_of_every_length_and_nothing_beside_them()
    {
        SolidFill fill = new(new Rgb(10, 20, 30));
        for (int from = 0; from < 5; from++)
        {
            for (int length = 1; length < 150; length++)
            {
                byte[] line = new byte[(from + length + 40) * 3];
                fill.Paint(ref line[0], 0, from, from + length);
                byte[] expected = new byte[line.Length];
                for (int x = from; x < from + length; x++)
                    (expected[x * 3], expected[(x * 3) + 1], expected[(x * 3) + 2]) = (10, 20, 30);

                Assert.Equal(expected, line);
            }
        }
    }
}
