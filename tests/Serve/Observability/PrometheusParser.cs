using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Unreel.Serve.Tests.Observability;

/// <summary>A sample that was read: its name, labels and value.</summary>
internal sealed record Sample(string Name, IReadOnlyDictionary<string, string> Labels, double Value)
{
    public string this[string label] => Labels.GetValueOrDefault(label, string.Empty);
}

/// <summary>
/// Reads the text formats as strictly as their specifications allow, and says what is wrong: every family once, HELP and TYPE before its
/// samples, no series twice, names and labels well-formed, histograms cumulative with a count that equals their last bucket.
/// </summary>
internal static partial class PrometheusParser
{
    public static List<Sample> Parse(string text, bool open)
    {
        Assert.EndsWith(open ? "# EOF\n" : "\n", text, StringComparison.Ordinal);
        Dictionary<string, string> types = [];
        HashSet<string> helped = [], series = [];
        List<Sample> samples = [];
        string? family = null;
        foreach (string line in text.TrimEnd('\n').Split('\n'))
        {
            if (line == "# EOF")
            {
                Assert.True(open && text.EndsWith("# EOF\n", StringComparison.Ordinal) && text.IndexOf("# EOF", StringComparison.Ordinal) == text.Length - 6, "EOF within the text");
            }
            else if (Comment().Match(line) is { Success: true } comment)
            {
                family = comment.Groups[2].Value;
                ReadComment(comment, family, types, helped, open);
            }
            else
            {
                Sample sample = ReadSample(line);
                Assert.True(family is not null && Belongs(sample.Name, family, types[family], open), $"{line} does not belong to {family}");
                Assert.True(series.Add($"{sample.Name}{{{string.Join(',', sample.Labels.OrderBy(label => label.Key, StringComparer.Ordinal))}}}"), $"{line} comes twice");
                samples.Add(sample);
            }
        }

        foreach ((string name, string type) in types)
            CheckFamily(name, type, samples);
        return samples;
    }

    private static void ReadComment(Match comment, string family, Dictionary<string, string> types, HashSet<string> helped, bool open)
    {
        switch (comment.Groups[1].Value)
        {
            case "HELP":
                Assert.True(helped.Add(family), $"{family} has two HELP lines");
                Assert.Matches(@"^(?:[^\\]|\\[\\n""])*$", comment.Groups[3].Value);
                break;
            case "TYPE":
                Assert.Contains(family, helped);
                Assert.True(types.TryAdd(family, comment.Groups[3].Value), $"{family} has two TYPE lines");
                Assert.Contains(comment.Groups[3].Value, (string[])["counter", "gauge", "histogram", open ? "unknown" : "untyped"]);
                break;
            default:
                Assert.True(open, "UNIT is of OpenMetrics only");
                Assert.EndsWith($"_{comment.Groups[3].Value}", family, StringComparison.Ordinal);
                break;
        }
    }

    private static bool Belongs(string name, string family, string type, bool open) => type switch
    {
        "histogram" => name == $"{family}_bucket" || name == $"{family}_sum" || name == $"{family}_count",
        "counter" => name == (open ? $"{family}_total" : family),
        _ => name == family,
    };

    private static void CheckFamily(string name, string type, List<Sample> samples)
    {
        if (type == "counter")
            Assert.All(samples.Where(sample => sample.Name == name || sample.Name == $"{name}_total"), sample => Assert.True(sample.Value >= 0 && double.IsFinite(sample.Value)));
        if (type != "histogram")
            return;

        foreach (IGrouping<string, Sample> group in samples.Where(sample => sample.Name == $"{name}_bucket").GroupBy(Rest))
        {
            double[] bounds = [.. group.Select(sample => Number(sample["le"]))], counts = [.. group.Select(sample => sample.Value)];
            Assert.Equal(bounds.Order(), bounds);
            Assert.Equal(counts.Order(), counts);
            Assert.Equal(double.PositiveInfinity, bounds[^1]);
            Assert.Equal(counts[^1], Assert.Single(samples, sample => sample.Name == $"{name}_count" && Rest(sample) == group.Key).Value);
            Assert.Single(samples, sample => sample.Name == $"{name}_sum" && Rest(sample) == group.Key);
        }
    }

    private static string Rest(Sample sample) =>
        string.Join(',', sample.Labels.Where(label => label.Key != "le").OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"));

    private static Sample ReadSample(string line)
    {
        Match match = SampleLine().Match(line);
        Assert.True(match.Success, $"no sample: {line}");
        Dictionary<string, string> labels = [];
        foreach (Capture label in match.Groups[2].Captures)
        {
            Match pair = Label().Match(label.Value);
            Assert.True(labels.TryAdd(pair.Groups[1].Value, Unescape(pair.Groups[2].Value)), $"{line} has a label twice");
        }

        return new Sample(match.Groups[1].Value, labels, Number(match.Groups[3].Value));
    }

    private static string Unescape(string text)
    {
        StringBuilder plain = new();
        for (int at = 0; at < text.Length; at++)
        {
            if (text[at] != '\\')
            {
                plain.Append(text[at]);
                continue;
            }

            plain.Append(text[++at] switch { 'n' => '\n', '"' => '"', '\\' => '\\', _ => throw new FormatException($"a wrong escape in {text}") });
        }

        return plain.ToString();
    }

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    [GeneratedRegex(@"^# (HELP|TYPE|UNIT) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$")]
    private static partial Regex Comment();

    [GeneratedRegex("""^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?:([a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\.)*")(?:,(?!\})|(?=\})))+\})? ([^ ]+)$""")]
    private static partial Regex SampleLine();

    [GeneratedRegex("""^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\.)*)"$""")]
    private static partial Regex Label();
}
