using System.Collections.Concurrent;

namespace Unreel.Modeling;

/// <summary>Keeps the large buffers of batches to be used again: a training asks for the same length at every step.</summary>
internal static class BatchBuffers
{
    private const int Kept = 64;
    private static readonly ConcurrentQueue<byte[]> Free = new();

    /// <summary>A buffer of exactly <paramref name="length"/> bytes, with whatever was in it.</summary>
    public static byte[] Rent(int length) =>
        Free.TryDequeue(out byte[]? buffer) && buffer.Length == length ? buffer : GC.AllocateUninitializedArray<byte>(length);

    /// <summary>Takes a buffer back.</summary>
    public static void Return(byte[] buffer)
    {
        if (Free.Count < Kept)
            Free.Enqueue(buffer);
    }
}
