using Google.Protobuf;
using Unreel.Testing;

namespace Unreel.Onnx.Tests;

public sealed class TensorFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ElementType.UInt8, 24)]
    [InlineData(ElementType.Float, 96)]
    public void What_is_written_is_read(ElementType type, int bytes)
    {
        byte[] elements = [.. Enumerable.Range(0, bytes).Select(value => (byte)value)];
        TensorFile.Write(_folder.File("t.pb"), new NamedTensor("video", type, [1, 2, 3, 4], elements));

        NamedTensor read = TensorFile.Read(_folder.File("t.pb"), bytes);

        Assert.Equal(("video", type), (read.Name, read.Type));
        Assert.Equal([1L, 2, 3, 4], read.Shape);
        Assert.Equal(elements, read.Bytes.ToArray());
    }

    // As ONNX's own helper writes a tensor that is given as a list.
    [Fact]
    public void Elements_that_are_kept_one_by_one_are_read()
    {
        byte[] file = Message(output =>
        {
            output.WriteRawTag((1 << 3) | 0);
            output.WriteInt64(2);
            output.WriteRawTag((2 << 3) | 0);
            output.WriteInt32(1);
            output.WriteRawTag((4 << 3) | 2);
            output.WriteLength(8);
            output.WriteFloat(1.5f);
            output.WriteFloat(-2);
        });

        NamedTensor read = Read(file, 8);

        Assert.Equal([1.5f, -2f], System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(read.Bytes.Span).ToArray());
    }

    [Theory]
    [InlineData(new long[] { 5 }, 2, 4, "takes 5 bytes, but has 4")]
    [InlineData(new long[] { 3 }, 2, 4, "takes 3 bytes, but has 4")]
    [InlineData(new long[] { 1 }, 1, 5, "takes 4 bytes, but has 5")]
    [InlineData(new long[] { -4 }, 2, 4, "none below 0")]
    [InlineData(new long[] { 1L << 62, 1L << 62 }, 2, 4, "at most 4096 bytes are read")]
    [InlineData(new long[] { 0, 1L << 62, 1L << 62 }, 2, 4, "takes 0 bytes, but has 4")]
    [InlineData(new long[] { 4097 }, 2, 4, "at most 4096 bytes are read")]
    [InlineData(new long[] { 4 }, 8, 4, "of type String")]
    [InlineData(new long[] { 4 }, 77, 4, "of type 77")]
    [InlineData(new long[] { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 4 }, 2, 4, "at most 16 extents")]
    public void Sizes_that_lie_are_refused(long[] shape, int type, int bytes, string reason)
    {
        byte[] file = Message(output =>
        {
            foreach (long extent in shape)
            {
                output.WriteRawTag((1 << 3) | 0);
                output.WriteInt64(extent);
            }

            output.WriteRawTag((2 << 3) | 0);
            output.WriteInt32(type);
            output.WriteRawTag((9 << 3) | 2);
            output.WriteBytes(ByteString.CopyFrom(new byte[bytes]));
        });

        Assert.Contains(reason, Assert.Throws<OnnxModelException>(() => Read(file, 4096)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_field_that_says_more_than_there_is_is_refused_before_memory_is_taken_for_it()
    {
        byte[] file = Message(output =>
        {
            output.WriteRawTag((9 << 3) | 2);
            output.WriteUInt64(1L << 40);
        });

        Assert.Contains("truncated", Assert.Throws<OnnxModelException>(() => Read(file, long.MaxValue / 2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_cut_of_a_file_is_refused_by_name()
    {
        TensorFile.Write(_folder.File("t.pb"), new NamedTensor("video", ElementType.UInt8, [2, 40], new byte[80]));
        byte[] whole = File.ReadAllBytes(_folder.File("t.pb"));

        for (int length = 0; length < whole.Length; length++)
            Assert.StartsWith("Model 't'", Assert.Throws<OnnxModelException>(() => Read(whole[..length], 4096)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Elements_in_another_file_are_not_looked_for()
    {
        byte[] file = Message(output =>
        {
            output.WriteRawTag((2 << 3) | 0);
            output.WriteInt32(2);
            output.WriteRawTag((14 << 3) | 0);
            output.WriteInt32(1);
        });

        Assert.Contains("in another file", Assert.Throws<OnnxModelException>(() => Read(file, 4096)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Assert.Contains("gone.pb", Assert.Throws<OnnxModelException>(() => TensorFile.Read(_folder.File("gone.pb"), 1)).Message, StringComparison.Ordinal);

    private static NamedTensor Read(byte[] file, long most) => TensorFile.Read(new MemoryStream(file), "t", most);

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using MemoryStream stream = new();
        using (CodedOutputStream output = new(stream, leaveOpen: true))
            write(output);
        return stream.ToArray();
    }
}
