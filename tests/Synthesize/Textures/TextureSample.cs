namespace Unreel.Synthesize.Tests.Textures;

/// <summary>The statistics of many textures: a mean over them, as the tables of the literature give it.</summary>
internal sealed class TextureSample(IReadOnlyList<TextureStatistics> textures)
{
    /// <summary>How many textures.</summary>
    public int Count => textures.Count;

    /// <summary>The mean of red, green and blue.</summary>
    public double[] Colour => [.. Enumerable.Range(0, 3).Select(channel => Mean(texture => texture.Mean[channel]))];

    /// <summary>The standard deviation of red, green and blue within a texture.</summary>
    public double[] Deviation => [.. Enumerable.Range(0, 3).Select(channel => Mean(texture => texture.Deviation[channel]))];

    /// <summary>The mean over textures of one figure.</summary>
    public double Mean(Func<TextureStatistics, double> figure) => textures.Average(figure);

    /// <summary>The standard deviation over textures of one figure.</summary>
    public double Spread(Func<TextureStatistics, double> figure)
    {
        double mean = Mean(figure);
        return Math.Sqrt(textures.Average(texture => (figure(texture) - mean) * (figure(texture) - mean)));
    }

    /// <summary>One line for a failed test or a table.</summary>
    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"RGB {Colour[0]:F3} {Colour[1]:F3} {Colour[2]:F3} +-{Spread(t => t.Mean[0]):F3}; deviation {Deviation[0]:F3} {Deviation[1]:F3} {Deviation[2]:F3}; alpha {Mean(t => t.Alpha):F3}+-{Spread(t => t.Alpha):F3}; coh {Mean(t => t.Coherence):F3}; lcoh {Mean(t => t.LocalCoherence):F3}; pc1 {Mean(t => t.FirstComponent):F3}; bin {Mean(t => t.Orientation.Max()):F3}; kurtosis {Mean(t => t.Kurtosis):F1}; clipped {Mean(t => t.Clipped):F3}; {Count} textures");
}
