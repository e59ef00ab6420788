namespace Unreel.Synthesize.Rendering;

/// <summary>Masks of 64 bits.</summary>
internal static class Bits
{
    /// <summary>Bits <paramref name="low"/> to <paramref name="high"/>, ends included; the word's ends cut off what lies beyond. None if the range lies past either end.</summary>
    public static ulong Between(int low, int high)
    {
        if (low > 63 || high < 0)
            return 0;

        ulong mask = low > 0 ? ulong.MaxValue << low : ulong.MaxValue;
        return high < 63 ? mask & ((2ul << high) - 1) : mask;
    }
}
