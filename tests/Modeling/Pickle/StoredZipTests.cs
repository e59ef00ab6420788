using System.Buffers.Binary;
using Unreel.Testing;
using static Unreel.Modeling.Tests.TorchFile;

namespace Unreel.Modeling.Tests;

/// <summary>Archives that are cut, changed or made up are refused; whatever happens, it is said as an error of the file.</summary>
public sealed class StoredZipTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _whole;

    public StoredZipTests()
    {
        Write(_folder.File("whole.pth"), Tensor(2, 0, [2], [1]));
        _whole = File.ReadAllBytes(_folder.File("whole.pth"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void No_shortened_file_is_taken()
    {
        for (int length = 0; length < _whole.Length; length++)
            Assert.ThrowsAny<ModelException>(() => ReadAll(_whole[..length]));
    }

    [Fact]
    public void No_flipped_byte_goes_wrong_in_another_way()
    {
        int taken = 0;
        for (int at = 0; at < _whole.Length; at++)
        {
            byte[] changed = [.. _whole];
            changed[at] ^= 0x55;
            try
            {
                // Times and versions may change unnoticed; the numbers may not.
                Assert.Equal([1, 2], ReadAll(changed));
                taken++;
            }
            catch (ModelException)
            {
                continue;
            }
        }

        Assert.InRange(taken, 1, _whole.Length / 2);
    }

    [Fact]
    public void Damaged_numbers_are_noticed()
    {
        byte[] changed = [.. _whole];
        changed[changed.AsSpan().IndexOf((byte[])[0, 0, 128, 63])] = 1;

        Assert.Contains("'archive/data/0' is damaged", Assert.Throws<CheckpointException>(() => ReadAll(changed)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Entries_may_not_share_bytes()
    {
        byte[] changed = [.. _whole];
        int first = changed.AsSpan().IndexOf("PK\u0001\u0002"u8);
        int second = first + 46 + "archive/data.pkl".Length;
        changed.AsSpan(first + 42, 4).CopyTo(changed.AsSpan(second + 42));

        Assert.Throws<CheckpointException>(() => ReadAll(changed));
    }

    [Fact]
    public void Archives_beyond_four_gigabytes_have_wider_fields() => Assert.Equal([1, 2], ReadAll(Widened(_whole)));

    [Fact]
    public void Wider_fields_that_lie_are_refused()
    {
        byte[] wide = Widened(_whole);
        wide.AsSpan(wide.AsSpan().IndexOf("PK\u0006\u0006"u8) + 40, 8).Fill(255);

        Assert.Contains("64-bit directory", Assert.Throws<CheckpointException>(() => ReadAll(wide)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Absurd_lengths_take_no_memory()
    {
        byte[] changed = [.. _whole];
        int end = changed.Length - 22;
        BinaryPrimitives.WriteUInt32LittleEndian(changed.AsSpan(end + 12), uint.MaxValue - 1);

        Assert.Contains("directory claims", Assert.Throws<CheckpointException>(() => ReadAll(changed)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "no file of torch.save")]
    [InlineData("hello", "no file of torch.save")]
    [InlineData("PK", "no directory")]
    public void What_is_no_archive_is_named(string content, string described)
    {
        File.WriteAllText(_folder.File("text.pth"), content);

        Assert.Contains(described, Assert.Throws<CheckpointException>(() => TorchCheckpoint.Open(_folder.File("text.pth"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_absent_file_is_named() =>
        Assert.Contains("absent.pth", Assert.Throws<ModelException>(() => TorchCheckpoint.Open(_folder.File("absent.pth"))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("123456789", 0xCBF43926)]
    [InlineData("", 0)]
    [InlineData("a", 0xE8B7BE43)]
    public void Checksums_are_the_standards(string text, uint expected) => Assert.Equal(expected, Crc32.Of(System.Text.Encoding.ASCII.GetBytes(text)));

    private float[] ReadAll(byte[] bytes)
    {
        File.WriteAllBytes(_folder.File("changed.pth"), bytes);
        using TorchCheckpoint file = TorchCheckpoint.Open(_folder.File("changed.pth"));
        return file.ReadFloats("w");
    }

    // The same archive with sizes and offsets in 64 bits, as APPNOTE 4.3.14 to 4.5.3 lay them out.
    private static byte[] Widened(byte[] whole)
    {
        int start = whole.AsSpan().IndexOf("PK\u0001\u0002"u8), end = whole.Length - 22;
        List<byte> records = [];
        int entries = 0;
        for (int at = start; at < end; entries++)
        {
            int name = BinaryPrimitives.ReadUInt16LittleEndian(whole.AsSpan(at + 28));
            byte[] record = whole[at..(at + 46 + name)];
            byte[] extra = [9, 0, 2, 0, 0, 0, 1, 0, 24, 0, .. record[24..28], 0, 0, 0, 0, .. record[20..24], 0, 0, 0, 0, .. record[42..46], 0, 0, 0, 0];
            record[30] = (byte)extra.Length;
            record.AsSpan(20, 8).Fill(255);
            record.AsSpan(42, 4).Fill(255);
            records.AddRange([.. record, .. extra]);
            at += 46 + name;
        }

        byte[] last = [.. "PK\u0006\u0006"u8, .. Long(44), 45, 0, 45, 0, .. new byte[8], .. Long(entries), .. Long(entries), .. Long(records.Count), .. Long(start)];
        byte[] locator = [.. "PK\u0006\u0007"u8, .. new byte[4], .. Long(start + records.Count), 1, 0, 0, 0];
        byte[] closing = [.. "PK\u0005\u0006"u8, .. new byte[4], .. Enumerable.Repeat<byte>(255, 12), 0, 0];
        return [.. whole[..start], .. records, .. last, .. locator, .. closing];
    }

    private static byte[] Long(long value) => BitConverter.GetBytes(value);
}
