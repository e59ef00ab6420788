namespace TorchSharp;

public static partial class torch
{
    /// <summary>The type of truth values.</summary>
    public static ScalarType @bool = ScalarType.Bool;

    /// <summary>The type of unsigned 8-bit integers.</summary>
    public static ScalarType uint8 = ScalarType.Byte;

    /// <summary>The type of signed 8-bit integers.</summary>
    public static ScalarType int8 = ScalarType.Int8;

    /// <summary>The type of 16-bit integers.</summary>
    public static ScalarType int16 = ScalarType.Int16;

    /// <summary>The type of 32-bit integers.</summary>
    public static ScalarType int32 = ScalarType.Int32;

    /// <summary>The type of 64-bit integers.</summary>
    public static ScalarType int64 = ScalarType.Int64;

    /// <summary>The type of single precision's range in 16 bits.</summary>
    public static ScalarType bfloat16 = ScalarType.BFloat16;

    /// <summary>The type of half precision.</summary>
    public static ScalarType float16 = ScalarType.Float16;

    /// <summary>The type of single precision.</summary>
    public static ScalarType float32 = ScalarType.Float32;

    /// <summary>The type of double precision.</summary>
    public static ScalarType float64 = ScalarType.Float64;

    /// <summary>The type of complex numbers of single precision.</summary>
    public static ScalarType complex64 = ScalarType.ComplexFloat32;

    /// <summary>The type of complex numbers of double precision.</summary>
    public static ScalarType complex128 = ScalarType.ComplexFloat64;

    /// <summary>The type of 16-bit integers.</summary>
    public static ScalarType @short = ScalarType.Int16;

    /// <summary>The type of 32-bit integers.</summary>
    public static ScalarType @int = ScalarType.Int32;

    /// <summary>The type of 64-bit integers.</summary>
    public static ScalarType @long = ScalarType.Int64;

    /// <summary>The type of half precision.</summary>
    public static ScalarType half = ScalarType.Float16;

    /// <summary>The type of single precision.</summary>
    public static ScalarType @float = ScalarType.Float32;

    /// <summary>The type of double precision.</summary>
    public static ScalarType @double = ScalarType.Float64;
}
