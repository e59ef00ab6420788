using System.Globalization;
using System.Text.RegularExpressions;
using Unreel.Artifacts;
using Unreel.Serve.Http;

namespace Unreel.Serve.Registry;

/// <summary>How the pages write sizes, figures and inputs.</summary>
public static partial class Figures
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>A size in the unit that leaves 1 to 4 digits.</summary>
    public static string Size(long bytes)
    {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {Units[unit]}");
    }

    /// <summary>A count in three digits, such as <c>22.0 M</c>.</summary>
    public static string Count(long count)
    {
        (double value, string unit) = count switch
        {
            >= 1_000_000_000 => (count / 1e9, " G"),
            >= 1_000_000 => (count / 1e6, " M"),
            >= 10_000 => (count / 1e3, " k"),
            _ => (count, string.Empty),
        };
        string format = unit.Length == 0 ? "0" : value < 9.995 ? "0.00" : value < 99.95 ? "0.0" : "0";
        return value.ToString(format, CultureInfo.InvariantCulture) + unit;
    }

    /// <summary>A figure in at most 6 digits; whole numbers in all of theirs.</summary>
    public static string Value(double value) => Math.Abs(value) < 1e15 && value == Math.Floor(value)
        ? value.ToString("0", CultureInfo.InvariantCulture)
        : value.ToString("G6", CultureInfo.InvariantCulture);

    /// <summary>The figures that people look for first, before the others.</summary>
    public static IEnumerable<KeyValuePair<string, double>> Foremost(IReadOnlyDictionary<string, double> figures) => figures.OrderBy(figure => figure.Key switch
    {
        "top1" => 0,
        "mean_per_class" => 1,
        _ when figure.Key.Contains("top1", StringComparison.Ordinal) || figure.Key.Contains("accuracy", StringComparison.Ordinal) => 2,
        _ when figure.Key.Contains("loss", StringComparison.Ordinal) => 3,
        _ => 4,
    });

    /// <summary>A time to the minute; a dash where none is known.</summary>
    public static string Time(DateTimeOffset time) => time == DateTimeOffset.MinValue ? "–" : time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>A text in which digests are cut to their first twelve digits.</summary>
    public static string Shortened(string text) => LongDigest().Replace(text, match => match.Value[..("sha256:".Length + 12)] + "…");

    /// <summary>A span in the units that people say.</summary>
    public static string Span(double seconds) => seconds switch
    {
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.##} s"),
        < 3600 => string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds / 60)} min {seconds % 60:0} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds / 3600)} h {(int)(seconds % 3600 / 60)} min"),
    };

    /// <summary>The figures of an artifact in one line.</summary>
    public static string Line(IReadOnlyDictionary<string, double> figures) =>
        string.Join(", ", figures.Select(figure => $"{figure.Key} {Value(figure.Value)}"));

    [GeneratedRegex("sha256:[0-9a-f]{64}", RegexOptions.CultureInvariant)]
    private static partial Regex LongDigest();

    /// <summary>An input with the option that named it, linked where it is an artifact.</summary>
    internal static Html Input(LineageInput input) => Html.Of($"{input.Option}: {InputName(input)}");

    /// <summary>An input, linked where it is an artifact.</summary>
    internal static Html InputName(LineageInput input)
    {
        if (!ArtifactReference.TryParse(input.Reference, out ArtifactReference? reference, out _))
            return Html.Of($"{input.Reference}");

        string path = RegistryRoutes.PathOf(new ArtifactRef(reference.Kind, reference.Name, reference.Digest ?? input.Digest));
        return Html.Of($"<a href=\"{path}\">{ArtifactReference.KindText(reference.Kind)}/{reference.Name}</a>");
    }
}
