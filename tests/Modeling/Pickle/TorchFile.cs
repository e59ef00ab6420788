using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Unreel.Modeling.Tests;

/// <summary>Makes files like those of <c>torch.save</c>, and unlike them.</summary>
internal static class TorchFile
{
    /// <summary>A protocol and a dictionary's beginning: what a test's opcodes follow.</summary>
    public static byte[] Pickle(params object[] parts) => [0x80, 2, .. parts.SelectMany(Bytes)];

    /// <summary>A text, as an opcode.</summary>
    public static byte[] Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
        return [(byte)'X', .. length, .. utf8];
    }

    /// <summary>A number, as an opcode.</summary>
    public static byte[] Number(long value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return [0x8A, 8, .. bytes];
    }

    /// <summary>The opcodes of a tensor called w, of the storage 0.</summary>
    public static byte[] Tensor(long stored, long offset, long[] shape, long[] strides, string storage = "torch\nFloatStorage") =>
        Pickle("}(", Text("model"), "}(", Text("w"), "ctorch._utils\n_rebuild_tensor_v2\n((", Text("storage"), $"c{storage}\n", Text("0"), Text("cpu"), Number(stored), "tQ", Number(offset), Tuple(shape), Tuple(strides), new byte[] { 0x89 }, "ccollections\nOrderedDict\n)RtRuu.");

    /// <summary>Writes an archive with a pickle and one storage of two numbers.</summary>
    public static void Write(string path, byte[] pickle, byte[]? storage = null, CompressionLevel level = CompressionLevel.NoCompression, string? more = null)
    {
        using ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create);
        Add(zip, "archive/data.pkl", pickle, level);
        Add(zip, "archive/data/0", storage ?? [0, 0, 128, 63, 0, 0, 0, 64], level);
        if (more is not null)
            Add(zip, $"archive/{more}", "big"u8.ToArray(), level);
        Add(zip, "archive/version", "3\n"u8.ToArray(), level);
    }

    private static byte[] Tuple(long[] items) => [(byte)'(', .. items.SelectMany(Number), (byte)'t'];

    private static IEnumerable<byte> Bytes(object part) => part is string text ? Encoding.UTF8.GetBytes(text) : (byte[])part;

    private static void Add(ZipArchive zip, string name, byte[] bytes, CompressionLevel level)
    {
        using Stream stream = zip.CreateEntry(name, level).Open();
        stream.Write(bytes);
    }
}
