using System.Buffers;
using System.Runtime.InteropServices;

namespace Unreel.Onnx;

/// <summary>Lends numbers as bytes without copying them: a model's weights exist once while it is written.</summary>
internal static class RawData
{
    internal static ReadOnlyMemory<byte> Of<T>(ReadOnlyMemory<T> values)
        where T : unmanaged
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("ONNX stores raw data in little-endian order; this processor does not");
        return new BytesOf<T>(values).Memory;
    }

    private sealed class BytesOf<T>(ReadOnlyMemory<T> values) : MemoryManager<byte>
        where T : unmanaged
    {
        public override Span<byte> GetSpan() => MemoryMarshal.AsBytes(MemoryMarshal.AsMemory(values).Span);

        public override MemoryHandle Pin(int elementIndex = 0) =>
            throw new NotSupportedException("Borrowed bytes are only read through spans");

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
