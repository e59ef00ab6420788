using System.Globalization;
using Unreel.Serve.Registry;

namespace Unreel.Cli.Output;

/// <summary>Numbers as people read them.</summary>
internal static class Units
{
    private static readonly string[] Prefixes = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>E.g. <c>1.4 MiB</c>.</summary>
    public static string Bytes(long bytes)
    {
        double value = bytes;
        int prefix = 0;
        for (; value >= 1024 && prefix < Prefixes.Length - 1; prefix++)
            value /= 1024;

        return string.Create(CultureInfo.InvariantCulture, $"{(prefix == 0 ? value : Math.Round(value, 1))} {Prefixes[prefix]}");
    }

    /// <summary>Three significant digits, e.g. <c>22.0 M</c>.</summary>
    public static string Count(long count) => Figures.Count(count);

    /// <summary>Four significant digits, of whole numbers up to seven; exponents only where there would be many zeros.</summary>
    public static string Number(double value) => Math.Abs(value) switch
    {
        >= 1e15 => value.ToString("0.###e0", CultureInfo.InvariantCulture),
        >= 1e7 => Count((long)value),
        >= 1000 => value.ToString("0", CultureInfo.InvariantCulture),
        0 => "0",
        < 1e-4 => value.ToString("0.###e0", CultureInfo.InvariantCulture),
        _ => decimal.Parse(value.ToString("G4", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>E.g. <c>1 min 12 s</c>.</summary>
    public static string Duration(TimeSpan time) => time.TotalMinutes < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s")
        : time.TotalHours < 1
            ? string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds} s")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min");
}
