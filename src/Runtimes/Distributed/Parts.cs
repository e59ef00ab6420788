using System.Buffers.Binary;

namespace Unreel.Distributed;

/// <summary>Several values in one: each with its length (4 bytes, little-endian) before it.</summary>
internal static class Parts
{
    public static byte[] Join(IReadOnlyList<byte[]> parts)
    {
        byte[] all = new byte[parts.Sum(part => part.Length + sizeof(int))];
        int at = 0;
        foreach (byte[] part in parts)
        {
            BinaryPrimitives.WriteInt32LittleEndian(all.AsSpan(at), part.Length);
            part.CopyTo(all, at + sizeof(int));
            at += part.Length + sizeof(int);
        }

        return all;
    }

    public static IReadOnlyList<byte[]> Split(ReadOnlySpan<byte> all)
    {
        List<byte[]> parts = [];
        for (int at = 0; at < all.Length;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(all[at..]);
            parts.Add(all.Slice(at + sizeof(int), length).ToArray());
            at += sizeof(int) + length;
        }

        return parts;
    }
}
