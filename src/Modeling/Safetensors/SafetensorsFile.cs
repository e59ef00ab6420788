using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Unreel.Modeling;

/// <summary>An open safetensors file. Its header was checked whole; tensors are read one at a time. Safe for many threads.</summary>
public sealed class SafetensorsFile : IDisposable
{
    /// <summary>The largest header that the format allows, in bytes.</summary>
    public const int LargestHeader = 100_000_000;

    private const int LengthBytes = 8;
    private readonly SafeFileHandle _handle;
    private readonly SafetensorsHeader _header;
    private readonly long _dataStart;

    private SafetensorsFile(string path, SafeFileHandle handle)
    {
        (Path, _handle) = (path, handle);
        long fileBytes = RandomAccess.GetLength(handle);
        byte[] json = ReadHeader(path, handle, fileBytes);
        _dataStart = LengthBytes + json.Length;
        _header = SafetensorsHeader.Parse(path, json, fileBytes - _dataStart);
    }

    /// <summary>The file's path as it was given.</summary>
    public string Path { get; }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Tensors => _header.Tensors;

    /// <summary>The string map <c>__metadata__</c>, empty where there is none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="SafetensorsException">The file breaks a rule of the format.</exception>
    /// <exception cref="ModelException">There is no such file.</exception>
    public static SafetensorsFile Open(string path)
    {
        if (!File.Exists(path))
            throw new ModelException($"There is no file '{path}'.");

        SafeFileHandle handle = File.OpenHandle(path);
        try
        {
            return new SafetensorsFile(path, handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Reads a tensor's bytes, little-endian, row-major.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="target">Exactly as many bytes as the tensor has.</param>
    /// <exception cref="SafetensorsException">There is no such tensor.</exception>
    public void Read(string name, Span<byte> target)
    {
        TensorEntry entry = Entry(name);
        ArgumentOutOfRangeException.ThrowIfNotEqual(target.Length, entry.End - entry.Begin, nameof(target));
        if (!TryFill(_handle, target, _dataStart + entry.Begin))
            throw new SafetensorsException(SafetensorsRule.OutOfRange, Path, name, "the file became shorter while it was read.");
    }

    /// <summary>Reads a tensor of type F32, F16, BF16 or F64 as single-precision numbers.</summary>
    /// <exception cref="SafetensorsException">There is no such tensor, or it is of another type.</exception>
    public float[] ReadFloats(string name)
    {
        TensorEntry entry = Entry(name);
        return entry.Type switch
        {
            TensorType.F32 => ReadAs<float>(entry),
            TensorType.F16 => Array.ConvertAll(ReadAs<Half>(entry), value => (float)value),
            TensorType.BF16 => Array.ConvertAll(ReadAs<ushort>(entry), value => BitConverter.UInt32BitsToSingle((uint)value << 16)),
            TensorType.F64 => Array.ConvertAll(ReadAs<double>(entry), value => (float)value),
            _ => throw new SafetensorsException(SafetensorsRule.WrongType, Path, name, $"expected F32, F16, BF16 or F64, found {entry.Type.FormatName()}."),
        };
    }

    /// <summary>Reads a tensor of type I64.</summary>
    /// <exception cref="SafetensorsException">There is no such tensor, or it is of another type.</exception>
    public long[] ReadInt64s(string name)
    {
        TensorEntry entry = Entry(name);
        return entry.Type == TensorType.I64
            ? ReadAs<long>(entry)
            : throw new SafetensorsException(SafetensorsRule.WrongType, Path, name, $"expected I64, found {entry.Type.FormatName()}.");
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static byte[] ReadHeader(string path, SafeFileHandle handle, long fileBytes)
    {
        if (fileBytes < LengthBytes)
            throw new SafetensorsException(SafetensorsRule.LengthMissing, path, null, $"expected at least {LengthBytes} bytes of header length, found {fileBytes}.");

        Span<byte> prefix = stackalloc byte[LengthBytes];
        bool whole = TryFill(handle, prefix, 0);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > LargestHeader)
            throw new SafetensorsException(SafetensorsRule.HeaderTooLarge, path, null, $"the header claims {length} bytes, more than {LargestHeader}.");
        if ((long)length > fileBytes - LengthBytes)
            throw new SafetensorsException(SafetensorsRule.HeaderTruncated, path, null, $"the header claims {length} bytes, the file has {fileBytes - LengthBytes} after its length.");

        byte[] json = new byte[length];
        return whole && TryFill(handle, json, LengthBytes)
            ? json
            : throw new SafetensorsException(SafetensorsRule.HeaderTruncated, path, null, "the file became shorter while it was read.");
    }

    private static bool TryFill(SafeFileHandle handle, Span<byte> target, long offset)
    {
        while (!target.IsEmpty)
        {
            int read = RandomAccess.Read(handle, target, offset);
            if (read == 0)
                return false;
            target = target[read..];
            offset += read;
        }

        return true;
    }

    private T[] ReadAs<T>(TensorEntry entry)
        where T : unmanaged
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("Tensors are read on little-endian machines only.");

        T[] values = new T[entry.Count];
        Read(entry.Name, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    private TensorEntry Entry(string name) => Tensors.TryGetValue(name, out TensorEntry? entry)
        ? entry
        : throw new SafetensorsException(SafetensorsRule.NoSuchTensor, Path, name, $"is not in the file, which has {Tensors.Count} tensors.");
}
