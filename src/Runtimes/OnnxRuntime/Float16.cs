namespace Microsoft.ML.OnnxRuntime;

/// <summary>IEEE half precision: 5 bits of exponent, 10 of fraction.</summary>
public readonly struct Float16 : IComparable, IComparable<Float16>, IEquatable<Float16>
{
    /// <summary>The bits.</summary>
    public readonly ushort value;

    /// <summary>Takes bits as they are.</summary>
    public Float16(ushort v) => value = v;

    /// <summary>Zero.</summary>
    public static Float16 Zero => new(0);

    /// <summary>One.</summary>
    public static Float16 One => new(0x3C00);

    /// <summary>No number.</summary>
    public static Float16 NaN => new(0xFE00);

    /// <summary>Larger than every number.</summary>
    public static Float16 PositiveInfinity => new(0x7C00);

    /// <summary>Smaller than every number.</summary>
    public static Float16 NegativeInfinity => new(0xFC00);

    /// <summary>The largest number.</summary>
    public static Float16 MaxValue => new(0x7BFF);

    /// <summary>The smallest number.</summary>
    public static Float16 MinValue => new(0xFBFF);

    /// <summary>Whether one is smaller; NaN is neither smaller nor larger.</summary>
    public static bool operator <(Float16 left, Float16 right) => (float)left < (float)right;

    /// <summary>Whether one is larger; NaN is neither smaller nor larger.</summary>
    public static bool operator >(Float16 left, Float16 right) => (float)left > (float)right;

    /// <summary>Whether one is smaller or both are the same number.</summary>
    public static bool operator <=(Float16 left, Float16 right) => (float)left <= (float)right;

    /// <summary>Whether one is larger or both are the same number.</summary>
    public static bool operator >=(Float16 left, Float16 right) => (float)left >= (float)right;

    /// <summary>Whether both are the same number; nothing equals NaN.</summary>
    public static bool operator ==(Float16 left, Float16 right) => (float)left == (float)right;

    /// <summary>Whether both are different numbers; NaN differs from everything.</summary>
    public static bool operator !=(Float16 left, Float16 right) => !(left == right);

    /// <summary>Rounds to the nearest number.</summary>
    public static explicit operator Float16(float number) => new(BitConverter.HalfToUInt16Bits((Half)number));

    /// <summary>The same number with more room.</summary>
    public static explicit operator float(Float16 number) => (float)BitConverter.UInt16BitsToHalf(number.value);

    /// <summary>Whether a value is neither infinite nor NaN.</summary>
    public static bool IsFinite(Float16 value) => float.IsFinite((float)value);

    /// <summary>Whether a value is infinite.</summary>
    public static bool IsInfinity(Float16 value) => float.IsInfinity((float)value);

    /// <summary>Whether a value is no number.</summary>
    public static bool IsNaN(Float16 value) => float.IsNaN((float)value);

    /// <summary>Returns the same number with more room.</summary>
    public float ToFloat() => (float)this;

    /// <inheritdoc/>
    public int CompareTo(Float16 other) => ((float)this).CompareTo((float)other);

    /// <inheritdoc/>
    public int CompareTo(object obj) => obj is Float16 other ? CompareTo(other) : throw new ArgumentException($"Object must be of type {nameof(Float16)}");

    /// <inheritdoc/>
    public bool Equals(Float16 other) => ((float)this).Equals((float)other);

    /// <inheritdoc/>
    public override bool Equals(object obj) => obj is Float16 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ((float)this).GetHashCode();
}
