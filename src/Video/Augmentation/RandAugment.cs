using System.Globalization;
using System.Text.RegularExpressions;

namespace Unreel.Video;

/// <summary>
/// A few operations drawn by chance for each clip, all of the same nominal strength (Cubuk et al., "RandAugment", 2020), in the
/// set whose every operation grows stronger with the magnitude, as timm's <c>inc1</c> names it. All frames of a clip get the same ones.
/// </summary>
public sealed partial record RandAugment
{
    /// <summary>What VideoMAE fine-tunes with.</summary>
    public const string VideoMae = "rand-m7-n4-mstd0.5-inc1";

    /// <summary>The magnitude at which operations are strongest.</summary>
    public const double LargestMagnitude = 10;

    /// <summary>Nominal strength, 0 to 10 (<c>m</c>).</summary>
    public required double Magnitude { get; init; }

    /// <summary>Operations drawn for a clip, with replacement, 1 to 16 (<c>n</c>). Default 2.</summary>
    public int Operations { get; init; } = 2;

    /// <summary>Standard deviation of the strength about its nominal value (<c>mstd</c>). Default 0.</summary>
    public double Deviation { get; init; }

    /// <summary>Probability that an operation that was drawn is applied (<c>p</c>). Default .5.</summary>
    public double Probability { get; init; } = 0.5;

    /// <summary>Reads timm's notation, e.g. <c>rand-m7-n4-mstd0.5-inc1</c>: <c>m</c> is needed, and so is <c>inc1</c>; <c>n</c>, <c>mstd</c> and <c>p</c> have defaults.</summary>
    /// <exception cref="VideoException">The text is not of that form, or a number is out of its range; the message says what was expected.</exception>
    public static RandAugment Parse(string text)
    {
        string[] parts = text.Split('-');
        Dictionary<string, double> given = [];
        foreach (string part in parts.Skip(1))
        {
            Match match = Part().Match(part);
            if (!match.Success || !given.TryAdd(match.Groups["key"].Value, double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture)))
                throw Wrong(text, $"\"{part}\" is {(match.Success ? "given twice" : "not known")}");
        }

        if (parts[0] != "rand" || !given.TryGetValue("m", out double magnitude))
            throw Wrong(text, parts[0] == "rand" ? "the magnitude m is missing" : $"it begins with \"{parts[0]}\"");
        if (given.GetValueOrDefault("inc") != 1)
            throw Wrong(text, "only the increasing operations are there, so it must say inc1");

        return new RandAugment
        {
            Magnitude = Within(text, "m", magnitude, 0, LargestMagnitude),
            Operations = Whole(text, "n", given.GetValueOrDefault("n", 2)),
            Deviation = Within(text, "mstd", given.GetValueOrDefault("mstd"), 0, 100),
            Probability = Within(text, "p", given.GetValueOrDefault("p", 0.5), 0, 1),
        };
    }

    /// <summary>Draws a clip's operations.</summary>
    internal PictureOperation[] Draw(ref RandomStream random)
    {
        List<PictureOperation> drawn = [];
        for (int number = 0; number < Operations; number++)
        {
            var kind = (PictureOperationKind)random.NextInt(PictureOperation.Kinds);
            if (random.NextDouble() >= Probability)
                continue;

            double magnitude = Deviation > 0 ? Magnitude + (Deviation * random.NextNormal()) : Magnitude;
            drawn.Add(PictureOperation.Of(kind, Math.Clamp(magnitude, 0, LargestMagnitude), random.NextDouble() < 0.5));
        }

        return [.. drawn];
    }

    private static double Within(string text, string key, double value, double low, double high) =>
        value >= low && value <= high ? value : throw Wrong(text, string.Create(CultureInfo.InvariantCulture, $"{key} is {value}, expected {low} to {high}"));

    private static int Whole(string text, string key, double value) =>
        value == Math.Floor(value) ? (int)Within(text, key, value, 1, 16) : throw Wrong(text, string.Create(CultureInfo.InvariantCulture, $"{key} is {value}, expected a whole number"));

    private static VideoException Wrong(string text, string why) =>
        new($"rand_augment: expected e.g. \"{VideoMae}\", found \"{text}\": {why}.");

    [GeneratedRegex(@"\A(?<key>mstd|inc|m|n|p)(?<value>[0-9]{1,6}(\.[0-9]{1,6})?)\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Part();
}
