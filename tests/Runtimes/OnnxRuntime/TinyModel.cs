using System.Text;

namespace Unreel.Runtimes.OnnxRuntime.Tests;

/// <summary>
/// Writes the bytes of a one-node ONNX model field by field, so that these tests need nothing but the library they
/// are about. Field numbers are those of the ONNX format.
/// </summary>
internal static class TinyModel
{
    internal const int Float = 1;
    internal const int UInt8 = 2;
    internal const int Int32 = 6;
    internal const int Int64 = 7;
    internal const int Bool = 9;
    internal const int Float16 = 10;
    internal const int Double = 11;
    internal const int BFloat16 = 16;

    /// <summary>y = -x, float [rows, 3] with rows open.</summary>
    internal static byte[] Negate { get; } = OneNode("Neg", [("x", Float, ["rows", 3L])], ("y", Float, ["rows", 3L]));

    /// <summary>y = a x b, float [n, 2] x [2, m].</summary>
    internal static byte[] MatMul { get; } = OneNode("MatMul", [("a", Float, ["n", 2L]), ("b", Float, [2L, "m"])], ("y", Float, ["n", "m"]));

    /// <summary>y = x, of any type.</summary>
    internal static byte[] Identity(int type) => OneNode("Identity", [("x", type, ["n"])], ("y", type, ["n"]));

    internal static byte[] OneNode(
        string operation,
        (string Name, int Type, object[] Shape)[] inputs,
        (string Name, int Type, object[] Shape) output,
        params (string Key, string Value)[] metadata)
    {
        byte[] node = [.. inputs.SelectMany(input => Text(1, input.Name)), .. Text(2, output.Name), .. Text(3, "node"), .. Text(4, operation)];
        byte[] graph =
        [
            .. Message(1, node),
            .. Text(2, "tiny"),
            .. inputs.SelectMany(input => Message(11, ValueInfo(input.Name, input.Type, input.Shape))),
            .. Message(12, ValueInfo(output.Name, output.Type, output.Shape)),
        ];
        return
        [
            .. Number(1, 8),
            .. Text(2, "tests"),
            .. Text(4, "org.example"),
            .. Number(5, 42),
            .. Text(6, "What it is"),
            .. Message(7, graph),
            .. Message(8, Number(2, 17)),
            .. metadata.SelectMany(entry => Message(14, [.. Text(1, entry.Key), .. Text(2, entry.Value)])),
        ];
    }

    private static byte[] ValueInfo(string name, int type, object[] shape)
    {
        IEnumerable<byte> extents = shape.SelectMany(extent => Message(1, extent is long size ? Number(1, size) : Text(2, (string)extent)));
        byte[] tensor = [.. Number(1, type), .. Message(2, [.. extents])];
        return [.. Text(1, name), .. Message(2, Message(1, tensor))];
    }

    private static byte[] Number(int field, long value) => [.. Varint(field << 3), .. Varint(value)];

    private static byte[] Text(int field, string value) => Message(field, Encoding.UTF8.GetBytes(value));

    private static byte[] Message(int field, byte[] content) => [.. Varint((field << 3) | 2), .. Varint(content.Length), .. content];

    private static IEnumerable<byte> Varint(long value)
    {
        var rest = (ulong)value;
        for (; rest >= 0x80; rest >>= 7)
            yield return (byte)(rest | 0x80);
        yield return (byte)rest;
    }
}
