using System.Globalization;

namespace Unreel.Onnx;

/// <summary>
/// Arithmetic with extents that may be open. Products keep the names of open extents, as in <c>8*batch</c>, so that a reshape of them can
/// be undone by another; what has no such form is unknown.
/// </summary>
internal static class Extents
{
    /// <summary>Whether two extents cannot be equal: different numbers, or different multiples of the same names.</summary>
    internal static bool Differ(Dimension one, Dimension other) =>
        Monomial.Of(one) is { } left && Monomial.Of(other) is { } right && left.Coefficient != right.Coefficient && left.Symbols.Order().SequenceEqual(right.Symbols.Order());

    /// <summary>Whether a division has a remainder, whatever the open extents are.</summary>
    internal static bool HasRemainder(Dimension dividend, Dimension divisor) =>
        Monomial.Of(dividend) is { } top && Monomial.Of(divisor) is { } bottom && top.Symbols.Order().SequenceEqual(bottom.Symbols.Order())
        && (bottom.Coefficient == 0 ? top.Coefficient != 0 : top.Coefficient % bottom.Coefficient != 0);

    /// <summary>Whether nothing is known of an extent.</summary>
    internal static bool IsUnknown(this Dimension extent) => extent.Size is null && extent.Symbol is null;

    /// <summary>The better known of two extents that are equal.</summary>
    internal static Dimension Merge(Dimension one, Dimension other) => one.Size is not null || other.IsUnknown() ? one : other;

    /// <summary>The product of extents.</summary>
    internal static Dimension Product(IEnumerable<Dimension> extents)
    {
        var product = new Monomial(1, []);
        foreach (Dimension extent in extents)
        {
            if (Monomial.Of(extent) is not { } factor)
                return default;
            product = new Monomial(checked(product.Coefficient * factor.Coefficient), [.. product.Symbols, .. factor.Symbols]);
        }

        return product.ToExtent();
    }

    /// <summary>The quotient of two extents; unknown where it is no whole number or cannot be told.</summary>
    internal static Dimension Quotient(Dimension dividend, Dimension divisor)
    {
        if (Monomial.Of(dividend) is not { } top || Monomial.Of(divisor) is not { } bottom || bottom.Coefficient == 0 || top.Coefficient % bottom.Coefficient != 0)
            return default;

        List<string> left = [.. top.Symbols];
        return bottom.Symbols.All(left.Remove) ? new Monomial(top.Coefficient / bottom.Coefficient, left).ToExtent() : default;
    }

    /// <summary>The extents of an elementwise operation's result; null where an operand's are unknown.</summary>
    /// <param name="shapes">Extents of the operands.</param>
    /// <param name="clash">The operand that does not fit those before it; -1 where all fit.</param>
    internal static Dimension[]? Broadcast(IReadOnlyList<IReadOnlyList<Dimension>?> shapes, out int clash)
    {
        clash = -1;
        Dimension[] result = [];
        for (int operand = 0; operand < shapes.Count; operand++)
        {
            if (shapes[operand] is not { } shape)
                return null;

            Dimension[] wide = [.. Enumerable.Range(0, Math.Max(result.Length, shape.Count)).Select(_ => (Dimension)1)];
            for (int place = 1; place <= wide.Length; place++)
            {
                Dimension one = place <= result.Length ? result[^place] : 1, other = place <= shape.Count ? shape[^place] : 1;
                if (Differ(one, other) && one.Size != 1 && other.Size != 1)
                    clash = clash < 0 ? operand : clash;
                wide[^place] = Broadcast(one, other);
            }

            result = wide;
        }

        return result;
    }

    /// <summary>Extents as messages write them.</summary>
    internal static string Text(IEnumerable<Dimension> shape) => $"[{string.Join(", ", shape)}]";

    // An open extent meets one that is no 1: it is that or 1 itself, and the result is that either way.
    private static Dimension Broadcast(Dimension one, Dimension other) => (one.Size, other.Size) switch
    {
        (1, _) => other,
        (_, 1) => one,
        ({ }, _) => one,
        (_, { }) => other,
        _ => one == other ? one : default,
    };

    /// <summary>A number times names.</summary>
    private readonly record struct Monomial(long Coefficient, IReadOnlyList<string> Symbols)
    {
        internal static Monomial? Of(Dimension extent)
        {
            if (extent.Size is { } size)
                return new Monomial(size, []);
            if (extent.Symbol is not { } symbol)
                return null;

            string[] factors = symbol.Split('*');
            return long.TryParse(factors[0], NumberStyles.None, CultureInfo.InvariantCulture, out long coefficient)
                ? new Monomial(coefficient, factors[1..])
                : new Monomial(1, factors);
        }

        internal Dimension ToExtent()
        {
            if (Symbols.Count == 0 || Coefficient == 0)
                return Coefficient;

            string names = string.Join('*', Symbols.Order(StringComparer.Ordinal));
            return Coefficient == 1 ? names : string.Create(CultureInfo.InvariantCulture, $"{Coefficient}*{names}");
        }
    }
}
