using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Unreel.Pipelines;

/// <summary>An amount of memory as people write it: <c>512MiB</c>, <c>8GiB</c>, or a number of bytes.</summary>
/// <param name="Bytes">The amount in bytes, from 1.</param>
public readonly record struct MemorySize(long Bytes) : IParsable<MemorySize>
{
    private static readonly (string Unit, long Bytes)[] Units = [("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("B", 1)];

    /// <summary>Reads an amount.</summary>
    /// <exception cref="FormatException">It is none; the message says what is expected.</exception>
    public static MemorySize Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out MemorySize size) ? size : throw new FormatException($"expected an amount of memory such as 512MiB or 8GiB, found '{s}'");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out MemorySize result)
    {
        result = default;
        string text = (s ?? string.Empty).Trim();
        (string unit, long factor) = Units.FirstOrDefault(known => text.EndsWith(known.Unit, StringComparison.OrdinalIgnoreCase), (string.Empty, 1));
        string number = text[..^unit.Length].Trim();
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal amount) || amount <= 0 || amount > long.MaxValue / factor)
            return false;

        result = new MemorySize((long)(amount * factor));
        return result.Bytes > 0;
    }

    /// <summary>The amount in the largest unit that leaves a whole number, e.g. <c>8GiB</c>.</summary>
    public override string ToString()
    {
        long bytes = Bytes;
        (string unit, long factor) = Units.First(known => bytes % known.Bytes == 0 && (bytes >= known.Bytes || known.Bytes == 1));
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / factor}{unit}");
    }
}
