using System.Buffers.Binary;
using System.Text;
using Unreel.Testing;

namespace Unreel.Modeling.Tests;

public sealed class SafetensorsRejectionTests : IDisposable
{
    private const string One = """{"dtype":"F32","shape":[1],"data_offsets":[0,4]}""";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(SafetensorsRule.HeaderStart, " {}", 0, null)]
    [InlineData(SafetensorsRule.HeaderStart, "[]", 0, null)]
    [InlineData(SafetensorsRule.HeaderStart, "", 0, null)]
    [InlineData(SafetensorsRule.HeaderSyntax, "{\"a\":", 0, null)]
    [InlineData(SafetensorsRule.HeaderSyntax, "{} x", 0, null)]
    [InlineData(SafetensorsRule.HeaderSyntax, "{\"\\ud800\":" + One + "}", 4, null)]
    [InlineData(SafetensorsRule.DuplicateKey, "{\"a\":" + One + ",\"a\":" + One + "}", 4, "a")]
    [InlineData(SafetensorsRule.DuplicateKey, """{"__metadata__":{},"__metadata__":{}}""", 0, null)]
    [InlineData(SafetensorsRule.DuplicateKey, """{"__metadata__":{"k":"1","k":"2"}}""", 0, null)]
    [InlineData(SafetensorsRule.DuplicateKey, """{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "a")]
    [InlineData(SafetensorsRule.Metadata, """{"__metadata__":[]}""", 0, null)]
    [InlineData(SafetensorsRule.Metadata, """{"__metadata__":{"k":1}}""", 0, null)]
    [InlineData(SafetensorsRule.Fields, """{"a":3}""", 0, "a")]
    [InlineData(SafetensorsRule.Fields, """{"a":{"dtype":"F32","shape":[1]}}""", 4, "a")]
    [InlineData(SafetensorsRule.Fields, """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1}}""", 4, "a")]
    [InlineData(SafetensorsRule.ElementType, """{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}""", 4, "a")]
    [InlineData(SafetensorsRule.ElementType, """{"a":{"dtype":4,"shape":[1],"data_offsets":[0,4]}}""", 4, "a")]
    [InlineData(SafetensorsRule.Shape, """{"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}}""", 4, "a")]
    [InlineData(SafetensorsRule.Shape, """{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "a")]
    [InlineData(SafetensorsRule.Shape, """{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "a")]
    [InlineData(SafetensorsRule.Shape, """{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}""", 4, "a")]
    [InlineData(SafetensorsRule.Overflow, """{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}""", 4, "a")]
    [InlineData(SafetensorsRule.Offsets, """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", 4, "a")]
    [InlineData(SafetensorsRule.Offsets, """{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "a")]
    [InlineData(SafetensorsRule.Offsets, """{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", 4, "a")]
    [InlineData(SafetensorsRule.Size, """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "a")]
    [InlineData(SafetensorsRule.OutOfRange, """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "a")]
    [InlineData(SafetensorsRule.Overlap, "{\"a\":" + One + ",\"b\":" + One + "}", 4, "b")]
    [InlineData(SafetensorsRule.Gap, """{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "a")]
    [InlineData(SafetensorsRule.TrailingBytes, "{\"a\":" + One + "}", 5, null)]
    public void A_broken_rule_is_named(SafetensorsRule rule, string header, int dataBytes, string? tensor)
    {
        string path = Write(Encoding.UTF8.GetBytes(header), dataBytes);

        var error = Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(path));

        Assert.Equal(rule, error.Rule);
        Assert.Equal(tensor, error.Tensor);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_that_is_not_utf8_is_refused() =>
        Assert.Equal(SafetensorsRule.HeaderEncoding, Rejected(Write([(byte)'{', 0xFF, (byte)'}'], 0)));

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void A_file_without_a_length_is_refused(int bytes)
    {
        string path = _folder.File("short.safetensors");
        File.WriteAllBytes(path, new byte[bytes]);

        Assert.Equal(SafetensorsRule.LengthMissing, Rejected(path));
    }

    [Theory]
    [InlineData(100_000_001ul, SafetensorsRule.HeaderTooLarge)]
    [InlineData(ulong.MaxValue, SafetensorsRule.HeaderTooLarge)]
    [InlineData(100_000_000ul, SafetensorsRule.HeaderTruncated)]
    [InlineData(3ul, SafetensorsRule.HeaderTruncated)]
    public void A_header_that_is_not_there_is_refused(ulong length, SafetensorsRule rule)
    {
        byte[] bytes = new byte[10];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        string path = _folder.File("length.safetensors");
        File.WriteAllBytes(path, bytes);

        Assert.Equal(rule, Rejected(path));
    }

    [Fact]
    public void Every_truncation_of_a_file_is_refused()
    {
        string path = _folder.File("whole.safetensors");
        SafetensorsWriter.Write(path, [TensorToWrite.F32("a", [2, 2], () => [1, 2, 3, 4])]);
        byte[] whole = File.ReadAllBytes(path);

        for (int length = 0; length < whole.Length; length++)
        {
            string cut = _folder.File("cut.safetensors");
            File.WriteAllBytes(cut, whole[..length]);
            Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(cut));
        }
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var error = Assert.Throws<ModelException>(() => SafetensorsFile.Open(_folder.File("none.safetensors")));

        Assert.Contains("none.safetensors", error.Message, StringComparison.Ordinal);
    }

    private static SafetensorsRule Rejected(string path) => Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(path)).Rule;

    private string Write(byte[] header, int dataBytes)
    {
        byte[] bytes = new byte[8 + header.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)header.Length);
        header.CopyTo(bytes, 8);
        string path = _folder.File("broken.safetensors");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
