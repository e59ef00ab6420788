namespace TorchSharp;

public static partial class torch
{
    /// <summary>The element types of tensors.</summary>
    public enum ScalarType : sbyte
    {
        /// <summary>Unsigned 8-bit integers.</summary>
        Byte = 0,

        /// <summary>Signed 8-bit integers.</summary>
        Int8 = 1,

        /// <summary>16-bit integers.</summary>
        Int16 = 2,

        /// <summary>32-bit integers.</summary>
        Int32 = 3,

        /// <summary>64-bit integers.</summary>
        Int64 = 4,

        /// <summary>IEEE half precision.</summary>
        Float16 = 5,

        /// <summary>Single precision.</summary>
        Float32 = 6,

        /// <summary>Double precision.</summary>
        Float64 = 7,

        /// <summary>Complex numbers of single precision.</summary>
        ComplexFloat32 = 9,

        /// <summary>Complex numbers of double precision.</summary>
        ComplexFloat64 = 10,

        /// <summary>Truth values.</summary>
        Bool = 11,

        /// <summary>Single precision's range in 16 bits.</summary>
        BFloat16 = 15,
    }

    private static ScalarType _defaultDtype = ScalarType.Float32;

    /// <summary>Whether a type holds whole numbers.</summary>
    public static bool is_integral(ScalarType type) => type <= ScalarType.Int64;

    /// <summary>Whether a type holds real numbers.</summary>
    public static bool is_floating_point(ScalarType type) =>
        type is ScalarType.Float16 or ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16;

    /// <summary>Whether a type holds complex numbers.</summary>
    public static bool is_complex(ScalarType type) => type is ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64;

    /// <summary>Whether a tensor holds real numbers.</summary>
    public static bool is_floating_point(Tensor input) => is_floating_point(input.dtype);

    /// <summary>Whether a tensor holds complex numbers.</summary>
    public static bool is_complex(Tensor input) => is_complex(input.dtype);

    /// <summary>The type of tensors made without naming one.</summary>
    public static ScalarType get_default_dtype() => _defaultDtype;

    /// <summary>Sets the type of tensors made without naming one.</summary>
    public static void set_default_dtype(ScalarType dtype) => _defaultDtype = dtype;

    internal static ScalarType ScalarTypeOf(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => ScalarType.Bool,
        TypeCode.Byte => ScalarType.Byte,
        TypeCode.SByte => ScalarType.Int8,
        TypeCode.Int16 => ScalarType.Int16,
        TypeCode.Int32 => ScalarType.Int32,
        TypeCode.Int64 => ScalarType.Int64,
        TypeCode.Single => ScalarType.Float32,
        TypeCode.Double => ScalarType.Float64,
        _ when type == typeof(Half) => ScalarType.Float16,
        _ => throw new NotSupportedException($"The type {type.FullName} is not supported."),
    };
}
