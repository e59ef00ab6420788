using System.Diagnostics;
using Unreel.Synthesize.Textures.Statistical;
using Unreel.Video;

namespace Unreel.Synthesize.Tests.Textures.Statistical;

public sealed class StatisticalPainterTests
{
    [Theory]
    [InlineData(TextureFamily.Spectrum)]
    [InlineData(TextureFamily.SpectrumColour)]
    [InlineData(TextureFamily.SpectrumColourWavelet)]
    [InlineData(TextureFamily.Wavelet)]
    public void Probe(TextureFamily family)
    {
        using var painter = new StatisticalPainter(family);
        byte[] p = new byte[256 * 256 * 3];
        painter.Draw(1, 0, p);
        var list = new List<TextureStatistics>();
        double best = 1e9, sum = 0; int n = 60;
        for (int i = 0; i < n; i++)
        {
            long t = Stopwatch.GetTimestamp();
            painter.Draw(1, i, p);
            double ms = Stopwatch.GetElapsedTime(t).TotalMilliseconds;
            best = Math.Min(best, ms); sum += ms;
            list.Add(TextureStatistics.Measure(p));
            if (i < 6) Png.Write($"/tmp/tex/{family}_{i}.png", p, new FrameSize(256, 256));
        }
        File.AppendAllText("/tmp/tex/log.txt", $"{family} best {best:F2} ms mean {sum / n:F2} ms; {new TextureSample(list)}\n");
    }
}
