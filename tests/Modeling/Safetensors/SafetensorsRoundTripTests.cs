using Unreel.Testing;

namespace Unreel.Modeling.Tests;

public sealed class SafetensorsRoundTripTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_written_is_read()
    {
        string path = _folder.File("round.safetensors");
        SafetensorsWriter.Write(
            path,
            [
                TensorToWrite.F32("weight", [2, 3], () => [1, -2, 3.5f, float.MaxValue, float.NaN, 0]),
                TensorToWrite.I64("step", [], () => [1L << 40]),
                TensorToWrite.Raw("bytes", TensorType.U8, [3], () => [1, 2, 255]),
                TensorToWrite.F32("empty", [0, 4], () => []),
            ],
            new Dictionary<string, string> { ["b"] = "2", ["a"] = "\"ü\"" });

        using SafetensorsFile file = SafetensorsFile.Open(path);
        byte[] bytes = new byte[3];
        file.Read("bytes", bytes);

        Assert.Equal([1, -2, 3.5f, float.MaxValue, float.NaN, 0], file.ReadFloats("weight"));
        Assert.Equal([2, 3], file.Tensors["weight"].Shape);
        Assert.Equal([1L << 40], file.ReadInt64s("step"));
        Assert.Empty(file.Tensors["step"].Shape);
        Assert.Equal([1, 2, 255], bytes);
        Assert.Empty(file.ReadFloats("empty"));
        Assert.Equal("\"ü\"", file.Metadata["a"]);
    }

    [Fact]
    public void Bytes_do_not_depend_on_the_order_of_tensors()
    {
        TensorToWrite a = TensorToWrite.F32("a", [1], () => [1]);
        TensorToWrite b = TensorToWrite.F32("b", [1], () => [2]);
        TensorToWrite step = TensorToWrite.I64("step", [], () => [3]);
        using var one = new MemoryStream();
        using var other = new MemoryStream();

        SafetensorsWriter.Write(one, [a, b, step]);
        SafetensorsWriter.Write(other, [step, b, a]);

        Assert.Equal(one.ToArray(), other.ToArray());
    }

    [Fact]
    public void Tensors_lie_aligned_to_their_elements()
    {
        string path = _folder.File("aligned.safetensors");
        SafetensorsWriter.Write(
            path,
            [TensorToWrite.Raw("a", TensorType.U8, [3], () => new byte[3]), TensorToWrite.F32("b", [1], () => [0]), TensorToWrite.I64("c", [1], () => [0])]);

        using SafetensorsFile file = SafetensorsFile.Open(path);

        Assert.Equal(0, (new FileInfo(path).Length - file.Tensors.Values.Max(entry => entry.End)) % 8);
        Assert.All(file.Tensors.Values, entry => Assert.Equal(0, entry.Begin % entry.Type.ElementBytes()));
    }

    [Theory]
    [InlineData(TensorType.F16, new byte[] { 0x00, 0xC0 }, -2)]
    [InlineData(TensorType.BF16, new byte[] { 0x40, 0x40 }, 3)]
    [InlineData(TensorType.F64, new byte[] { 0, 0, 0, 0, 0, 0, 0xE0, 0x3F }, 0.5)]
    public void Other_floating_types_are_widened_or_narrowed(TensorType type, byte[] bytes, float expected)
    {
        string path = _folder.File("types.safetensors");
        SafetensorsWriter.Write(path, [TensorToWrite.Raw("x", type, [1], () => bytes)]);

        using SafetensorsFile file = SafetensorsFile.Open(path);

        Assert.Equal([expected], file.ReadFloats("x"));
    }

    [Fact]
    public void Asking_for_what_is_not_there_names_it()
    {
        string path = _folder.File("ask.safetensors");
        SafetensorsWriter.Write(path, [TensorToWrite.I64("step", [], () => [1])]);
        using SafetensorsFile file = SafetensorsFile.Open(path);

        Assert.Equal(SafetensorsRule.NoSuchTensor, Assert.Throws<SafetensorsException>(() => file.ReadFloats("weight")).Rule);
        Assert.Equal(SafetensorsRule.WrongType, Assert.Throws<SafetensorsException>(() => file.ReadFloats("step")).Rule);
    }

    [Fact]
    public void Values_that_do_not_fill_their_shape_leave_no_file()
    {
        string path = _folder.File("unfilled.safetensors");

        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(path, [TensorToWrite.F32("a", [2], () => [1])]));

        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [ProgramFact("/usr/bin/python3", "-c", "import numpy, safetensors")]
    public void The_formats_own_library_reads_what_was_written()
    {
        string path = _folder.File("judged.safetensors");
        SafetensorsWriter.Write(path, [TensorToWrite.F32("a", [2], () => [1, 2]), TensorToWrite.I64("s", [], () => [7])]);

        (int code, string output) = Judges.Run(
            "/usr/bin/python3", "-c", $"from safetensors.numpy import load_file; d = load_file('{path}'); print(d['a'].tolist(), int(d['s']))");

        Assert.True(code == 0, output);
        Assert.Equal("[1.0, 2.0] 7", output.Trim());
    }
}
