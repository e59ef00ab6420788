namespace Microsoft.ML.OnnxRuntime;

/// <summary>A float's upper half: 8 bits of exponent, 7 of fraction.</summary>
public readonly struct BFloat16 : IComparable, IComparable<BFloat16>, IEquatable<BFloat16>
{
    /// <summary>The bits.</summary>
    public readonly ushort value;

    /// <summary>Takes bits as they are.</summary>
    public BFloat16(ushort v) => value = v;

    /// <summary>Zero.</summary>
    public static BFloat16 Zero => new(0);

    /// <summary>One.</summary>
    public static BFloat16 One => new(0x3F80);

    /// <summary>No number.</summary>
    public static BFloat16 NaN => new(0xFFC1);

    /// <summary>Larger than every number.</summary>
    public static BFloat16 PositiveInfinity => new(0x7F80);

    /// <summary>Smaller than every number.</summary>
    public static BFloat16 NegativeInfinity => new(0xFF80);

    /// <summary>The largest number.</summary>
    public static BFloat16 MaxValue => new(0x7F7F);

    /// <summary>The smallest number.</summary>
    public static BFloat16 MinValue => new(0xFF7F);

    /// <summary>Whether one is smaller; NaN is neither smaller nor larger.</summary>
    public static bool operator <(BFloat16 left, BFloat16 right) => (float)left < (float)right;

    /// <summary>Whether one is larger; NaN is neither smaller nor larger.</summary>
    public static bool operator >(BFloat16 left, BFloat16 right) => (float)left > (float)right;

    /// <summary>Whether one is smaller or both are the same number.</summary>
    public static bool operator <=(BFloat16 left, BFloat16 right) => (float)left <= (float)right;

    /// <summary>Whether one is larger or both are the same number.</summary>
    public static bool operator >=(BFloat16 left, BFloat16 right) => (float)left >= (float)right;

    /// <summary>Whether both are the same number; nothing equals NaN.</summary>
    public static bool operator ==(BFloat16 left, BFloat16 right) => (float)left == (float)right;

    /// <summary>Whether both are different numbers; NaN differs from everything.</summary>
    public static bool operator !=(BFloat16 left, BFloat16 right) => !(left == right);

    /// <summary>Rounds to the nearest number.</summary>
    public static explicit operator BFloat16(float number) => new(Round(BitConverter.SingleToUInt32Bits(number)));

    /// <summary>The same number with more room.</summary>
    public static explicit operator float(BFloat16 number) => BitConverter.UInt32BitsToSingle((uint)number.value << 16);

    /// <summary>Whether a value is neither infinite nor NaN.</summary>
    public static bool IsFinite(BFloat16 value) => float.IsFinite((float)value);

    /// <summary>Whether a value is infinite.</summary>
    public static bool IsInfinity(BFloat16 value) => float.IsInfinity((float)value);

    /// <summary>Whether a value is no number.</summary>
    public static bool IsNaN(BFloat16 value) => float.IsNaN((float)value);

    /// <summary>Returns the same number with more room.</summary>
    public float ToFloat() => (float)this;

    /// <inheritdoc/>
    public int CompareTo(BFloat16 other) => ((float)this).CompareTo((float)other);

    /// <inheritdoc/>
    public int CompareTo(object obj) => obj is BFloat16 other ? CompareTo(other) : throw new ArgumentException($"Object must be of type {nameof(BFloat16)}");

    /// <inheritdoc/>
    public bool Equals(BFloat16 other) => ((float)this).Equals((float)other);

    /// <inheritdoc/>
    public override bool Equals(object obj) => obj is BFloat16 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ((float)this).GetHashCode();

    // To nearest, ties to even; a NaN stays one.
    private static ushort Round(uint bits) =>
        (bits & 0x7FFFFFFF) > 0x7F800000
            ? (ushort)((bits >> 16) | 0x40)
            : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}
