using System.Text;
using Unreel.Modeling;
using Unreel.Testing;
using Unreel.Video;

namespace Unreel.Cli.Tests;

/// <summary>Weights come from others and go back to them from the command line.</summary>
public sealed class WeightsTests : IDisposable
{
    private const int Width = 8;
    private readonly TemporaryFolder _folder = new();

    public WeightsTests() => WriteClassifier(_folder.File("made"));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("videomae-pth", "abroad.pth", "videomae")]
    [InlineData("huggingface", "abroad", "huggingface")]
    public async Task Weights_go_out_and_come_back_as_they_were(string format, string path, string read)
    {
        ProgramResult first = await RunAsync("import", "weights", "made", "--as", "weights/made");
        ProgramResult exported = await RunAsync("export", "weights", "weights/made", "--format", format, "--out", path);
        ProgramResult second = await RunAsync("import", "weights", path, "--as", "weights/back:v1", "--json");
        ProgramResult fetched = await RunAsync("artifacts", "get", "weights/back:v1", "--out", "back");

        Assert.True((first.Code, exported.Code, second.Code, fetched.Code) == (0, 0, 0, 0), $"{first}{exported}{second}{fetched}");
        Assert.Contains($"\"format\":\"{read}\"", second.Output, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(_folder.File("made", "model.safetensors")), File.ReadAllBytes(_folder.File("back", "model.safetensors")));
        Assert.Equal(File.ReadAllText(_folder.File("made", "model.json")), File.ReadAllText(_folder.File("back", "model.json")));
    }

    [Theory]
    [InlineData("import weights absent.pth --as weights/x", "absent.pth")]
    [InlineData("import weights made", "--as")]
    [InlineData("import weights made --as clips/x", "expected weights/NAME")]
    [InlineData("import weights made --as weights/x@sha256:00", "sha256")]
    [InlineData("import weights made --as weights/x --labels absent.txt", "absent.txt")]
    [InlineData("import weights made --as weights/x --labels twice.txt", "names 'a' more than once")]
    [InlineData("import weights made --as weights/x --labels one.txt", "for 2 labels, but 1")]
    [InlineData("import weights made --as weights/x --frames 5", "frames (5)")]
    [InlineData("import weights made --as weights/x --positions guess", "guess")]
    [InlineData("import weights text.pth --as weights/x", "no file of torch.save")]
    [InlineData("import weights empty --as weights/x", "no weights in 'empty'")]
    [InlineData("import weights surplus.safetensors --as weights/x --heads 2", "surplus (--allow-surplus NAME leaves one out): extra")]
    [InlineData("export weights weights/none --format huggingface --out x", "weights/none")]
    [InlineData("export weights made --format onnx --out x", "onnx")]
    [InlineData("export weights made --format videomae-pth --out text.pth", "text.pth' exists already")]
    [InlineData("export weights empty --format videomae-pth --out x", "model.json")]
    public async Task Mistakes_end_with_2_and_name_the_thing(string arguments, string named)
    {
        File.WriteAllText(_folder.File("twice.txt"), "a\nb\na\n");
        File.WriteAllText(_folder.File("one.txt"), "a\n");
        File.WriteAllText(_folder.File("text.pth"), "no checkpoint");
        Directory.CreateDirectory(_folder.File("empty"));
        SafetensorsWriter.Write(_folder.File("surplus.safetensors"), [.. Tensors(), TensorToWrite.F32("extra", [1], () => [1])], new Dictionary<string, string> { ["unreel"] = Description.ToJson() });

        ProgramResult result = await RunAsync(arguments.Split(' '));

        Assert.True(result.Code == 2, result.ToString());
        Assert.Contains(named, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File(".unreel", "tags")));
    }

    [Fact]
    public async Task What_is_allowed_by_name_is_told()
    {
        SafetensorsWriter.Write(
            _folder.File("other.safetensors"),
            [.. Tensors().Where(tensor => !tensor.Name.StartsWith("fc_norm", StringComparison.Ordinal)), TensorToWrite.F32("extra", [1], () => [1])],
            new Dictionary<string, string> { ["unreel"] = Description.ToJson() });
        File.WriteAllText(_folder.File("labels.txt"), "up\ndown\n", Encoding.UTF8);

        ProgramResult result = await RunAsync(
            "import", "weights", "other.safetensors", "--as", "weights/other", "--labels", "labels.txt", "--allow-missing", "fc_norm.*", "--allow-surplus", "extra", "--stride", "2");
        ProgramResult fetched = await RunAsync("artifacts", "get", "weights/other", "--out", "fetched");

        Assert.True((result.Code, fetched.Code) == (0, 0), $"{result}{fetched}");
        Assert.Contains("missing, initialised: fc_norm.bias", result.Error, StringComparison.Ordinal);
        Assert.Contains("surplus, left out: extra", result.Error, StringComparison.Ordinal);
        ModelDescription description = ModelDescription.Read(_folder.File("fetched"));
        Assert.Equal(["up", "down"], description.Labels);
        Assert.Equal(2, description.Preparation!.Stride);
    }

    private static ModelDescription Description { get; } = new()
    {
        Kind = ModelKind.Classifier,
        Shape = new VideoTransformerShape { Frames = 4, ImageSize = 16, PatchSize = 8, Width = Width, Depth = 1, Heads = 2, MlpWidth = 2 * Width, DecoderWidth = 4, DecoderDepth = 1, DecoderHeads = 1 },
        Normalisation = PixelNormalisation.ImageNet,
        Labels = ["a", "b"],
        Preparation = new ClipPreparation { Frames = 4, Stride = 1, Size = 16, ShortSide = 16 },
    };

    private static TensorToWrite[] Tensors()
    {
        (string Name, long[] Shape)[] parameters =
        [
            ("patch_embed.proj.weight", [Width, 3, 2, 8, 8]), ("patch_embed.proj.bias", [Width]),
            ("blocks.0.norm1.weight", [Width]), ("blocks.0.norm1.bias", [Width]), ("blocks.0.norm2.weight", [Width]), ("blocks.0.norm2.bias", [Width]),
            ("blocks.0.attn.q_bias", [Width]), ("blocks.0.attn.v_bias", [Width]), ("blocks.0.attn.qkv.weight", [3 * Width, Width]),
            ("blocks.0.attn.proj.weight", [Width, Width]), ("blocks.0.attn.proj.bias", [Width]),
            ("blocks.0.mlp.fc1.weight", [2 * Width, Width]), ("blocks.0.mlp.fc1.bias", [2 * Width]), ("blocks.0.mlp.fc2.weight", [Width, 2 * Width]), ("blocks.0.mlp.fc2.bias", [Width]),
            ("fc_norm.weight", [Width]), ("fc_norm.bias", [Width]), ("head.weight", [2, Width]), ("head.bias", [2]),
        ];
        return [.. parameters.Select((parameter, number) => TensorToWrite.F32(parameter.Name, parameter.Shape, () => Values(parameter.Shape, (ulong)number)))];
    }

    private static float[] Values(long[] shape, ulong number)
    {
        var random = new RandomStream(1, "test weights", number);
        float[] values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        for (int index = 0; index < values.Length; index++)
            values[index] = (float)random.NextDouble(-1, 1);
        return values;
    }

    private static void WriteClassifier(string folder)
    {
        Directory.CreateDirectory(folder);
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), Tensors());
        Description.Write(folder);
    }

    private Task<ProgramResult> RunAsync(params string[] arguments) => UnreelProgram.RunAsync(_folder.Path, arguments);
}
