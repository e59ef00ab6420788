namespace Microsoft.ML.OnnxRuntime.Tensors;

/// <summary>Types of a tensor's elements; the numbers are those of the ONNX format.</summary>
public enum TensorElementType
{
    /// <summary>float.</summary>
    Float = 1,

    /// <summary>byte.</summary>
    UInt8 = 2,

    /// <summary>sbyte.</summary>
    Int8 = 3,

    /// <summary>ushort.</summary>
    UInt16 = 4,

    /// <summary>short.</summary>
    Int16 = 5,

    /// <summary>int.</summary>
    Int32 = 6,

    /// <summary>long.</summary>
    Int64 = 7,

    /// <summary>Text.</summary>
    String = 8,

    /// <summary>bool.</summary>
    Bool = 9,

    /// <summary><see cref="OnnxRuntime.Float16"/>.</summary>
    Float16 = 10,

    /// <summary>double.</summary>
    Double = 11,

    /// <summary>uint.</summary>
    UInt32 = 12,

    /// <summary>ulong.</summary>
    UInt64 = 13,

    /// <summary>Two floats.</summary>
    Complex64 = 14,

    /// <summary>Two doubles.</summary>
    Complex128 = 15,

    /// <summary><see cref="OnnxRuntime.BFloat16"/>.</summary>
    BFloat16 = 16,
}
