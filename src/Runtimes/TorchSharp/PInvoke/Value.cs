using System.Runtime.InteropServices;

namespace TorchSharp.PInvoke;

/// <summary>What a <see cref="Value"/> holds; numbers are the native interface's.</summary>
internal enum Tag
{
    Default = 0,
    None = 1,
    Tensor = 2,
    Int = 3,
    Double = 4,
    Bool = 5,
    IntList = 6,
    DoubleList = 7,
    TensorList = 8,
    String = 9,
    Device = 10,
    Generator = 11,
}

/// <summary>One argument or result as it crosses to native code.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct Value
{
    [FieldOffset(0)]
    internal Tag Tag;

    [FieldOffset(4)]
    internal int Count;

    [FieldOffset(8)]
    internal long Bits;

    [FieldOffset(8)]
    internal IntPtr Pointer;
}
