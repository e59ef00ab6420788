namespace Microsoft.ML.OnnxRuntime;

/// <summary>IEEE half precision: 5 bits of exponent, 10 of fraction.</summary>
public readonly struct Float16 : IEquatable<Float16>
{
    /// <summary>The bits.</summary>
    public readonly ushort value;

    /// <summary>Takes bits as they are.</summary>
    public Float16(ushort v) => value = v;

    /// <summary>Whether both are the same number; nothing equals NaN.</summary>
    public static bool operator ==(Float16 left, Float16 right) => (float)left == (float)right;

    /// <summary>Whether both are different numbers; NaN differs from everything.</summary>
    public static bool operator !=(Float16 left, Float16 right) => !(left == right);

    /// <summary>Rounds to the nearest number.</summary>
    public static explicit operator Float16(float number) => new(BitConverter.HalfToUInt16Bits((Half)number));

    /// <summary>The same number with more room.</summary>
    public static explicit operator float(Float16 number) => (float)BitConverter.UInt16BitsToHalf(number.value);

    /// <summary>Returns the same number with more room.</summary>
    public float ToFloat() => (float)this;

    /// <inheritdoc/>
    public bool Equals(Float16 other) => ((float)this).Equals((float)other);

    /// <inheritdoc/>
    public override bool Equals(object obj) => obj is Float16 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ((float)this).GetHashCode();
}
