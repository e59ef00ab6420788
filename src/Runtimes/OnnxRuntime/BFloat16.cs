namespace Microsoft.ML.OnnxRuntime;

/// <summary>A float's upper half: 8 bits of exponent, 7 of fraction.</summary>
public readonly struct BFloat16 : IEquatable<BFloat16>
{
    /// <summary>The bits.</summary>
    public readonly ushort value;

    /// <summary>Takes bits as they are.</summary>
    public BFloat16(ushort v) => value = v;

    /// <summary>Whether both are the same number; nothing equals NaN.</summary>
    public static bool operator ==(BFloat16 left, BFloat16 right) => (float)left == (float)right;

    /// <summary>Whether both are different numbers; NaN differs from everything.</summary>
    public static bool operator !=(BFloat16 left, BFloat16 right) => !(left == right);

    /// <summary>Rounds to the nearest number.</summary>
    public static explicit operator BFloat16(float number) => new(Round(BitConverter.SingleToUInt32Bits(number)));

    /// <summary>The same number with more room.</summary>
    public static explicit operator float(BFloat16 number) => BitConverter.UInt32BitsToSingle((uint)number.value << 16);

    /// <summary>Returns the same number with more room.</summary>
    public float ToFloat() => (float)this;

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
