namespace Unreel.Modeling;

/// <summary>Element types of the safetensors format.</summary>
public enum TensorType
{
    /// <summary>One byte, 0 or 1.</summary>
    Bool,

    /// <summary>8 bits, unsigned.</summary>
    U8,

    /// <summary>8 bits, signed.</summary>
    I8,

    /// <summary>8-bit float, 5 bits exponent.</summary>
    F8E5M2,

    /// <summary>8-bit float, 4 bits exponent.</summary>
    F8E4M3,

    /// <summary>16 bits, signed.</summary>
    I16,

    /// <summary>16 bits, unsigned.</summary>
    U16,

    /// <summary>IEEE half.</summary>
    F16,

    /// <summary>The upper half of an IEEE single.</summary>
    BF16,

    /// <summary>32 bits, signed.</summary>
    I32,

    /// <summary>32 bits, unsigned.</summary>
    U32,

    /// <summary>IEEE single.</summary>
    F32,

    /// <summary>IEEE double.</summary>
    F64,

    /// <summary>64 bits, signed.</summary>
    I64,

    /// <summary>64 bits, unsigned.</summary>
    U64,
}

/// <summary>Names and sizes of <see cref="TensorType"/>.</summary>
public static class TensorTypes
{
    private static readonly (TensorType Type, string Name, int Bytes)[] All =
    [
        (TensorType.Bool, "BOOL", 1), (TensorType.U8, "U8", 1), (TensorType.I8, "I8", 1),
        (TensorType.F8E5M2, "F8_E5M2", 1), (TensorType.F8E4M3, "F8_E4M3", 1),
        (TensorType.I16, "I16", 2), (TensorType.U16, "U16", 2), (TensorType.F16, "F16", 2), (TensorType.BF16, "BF16", 2),
        (TensorType.I32, "I32", 4), (TensorType.U32, "U32", 4), (TensorType.F32, "F32", 4),
        (TensorType.F64, "F64", 8), (TensorType.I64, "I64", 8), (TensorType.U64, "U64", 8),
    ];

    /// <summary>The name in a header, e.g. <c>F32</c>.</summary>
    public static string FormatName(this TensorType type) => All[(int)type].Name;

    /// <summary>Bytes of one element.</summary>
    public static int ElementBytes(this TensorType type) => All[(int)type].Bytes;

    /// <summary>Finds a type by its name in a header.</summary>
    public static bool TryParse(string? name, out TensorType type)
    {
        int index = Array.FindIndex(All, entry => entry.Name == name);
        type = index < 0 ? default : All[index].Type;
        return index >= 0;
    }
}
