using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Unreel.Modeling;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Pretrain;
using Unreel.Testing;
using Unreel.Video;
using ModelDescription = Unreel.Modeling.ModelDescription;

namespace Unreel.Stages.Tests;

/// <summary>The stage with several targets, a regressor, a tokenizer and adaptive masks, and the pictures it publishes.</summary>
public sealed class PretrainTargetsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Two_targets_behind_a_regressor_train_and_are_drawn()
    {
        FakeContext context = Context("work");

        StageResult result = await Stage().RunAsync(Options() with { Target = "frame_difference, normalised_pixels", Regressor = 1 }, context, default);

        ModelDescription model = ModelDescription.Read(context.WorkFolder);
        Assert.Equal(["frame_difference", "normalised_pixels"], model.Decoders.Select(decoder => decoder.Target));
        Assert.Equal(1, model.RegressorDepth);
        Assert.Contains("\"parts\":{\"frame_difference\":", File.ReadLines(Path.Combine(context.WorkFolder, "metrics.jsonl")).First(), StringComparison.Ordinal);
        Assert.Contains(context.Told, told => told.Detail?.Contains("(frame_difference ", StringComparison.Ordinal) == true);
        Assert.Equal(["image/png", "video/mp4", "application/json"], result.Files.TakeLast(3).Select(file => file.MediaType));
    }

    [Fact]
    public async Task Pictures_say_what_was_put_back_from_the_original()
    {
        FakeContext context = Context("work");

        await Stage().RunAsync(Options() with { Pictures = 2 }, context, default);

        JsonElement notes = JsonDocument.Parse(File.ReadAllText(Path.Combine(context.WorkFolder, "reconstruction.json"))).RootElement;
        Assert.Equal(2, notes.GetProperty("clips").GetArrayLength());
        Assert.Equal(
            [null, null, "mean and deviation of each original cube", null],
            notes.GetProperty("views").EnumerateArray().Select(view => view.GetProperty("put_back_from_the_original").GetString()));
        using VideoReader video = VideoReader.Open(Path.Combine(context.WorkFolder, "reconstruction.mp4"));
        Assert.Equal(4, video.Info.FrameCount);
        Clip sheet = PictureFiles.Read(Path.Combine(context.WorkFolder, "reconstruction.png"), null, default);
        Assert.True(sheet.Size.Height > 2 * 4 * 64, $"{sheet.Size} has no room for four views of two clips.");
    }

    [Fact]
    public async Task Codes_of_a_tokenizer_are_learnt_from_a_file_or_a_folder_that_holds_it()
    {
        string file = Tokenizer("one", stride: 4);
        PretrainOptions options = Options() with { Target = "codes", Tokenizer = StageInput.Parse(file) };
        var log = new KeptLog();

        StageResult fromFile = await Stage(log).RunAsync(options, Context("file"), default);
        StageResult fromFolder = await Stage().RunAsync(options with { Tokenizer = StageInput.Parse(Path.GetDirectoryName(file)!) }, Context("folder"), default);

        Assert.Equal(File.ReadAllBytes(fromFile.Files[0].Path), File.ReadAllBytes(fromFolder.Files[0].Path));
        Assert.Equal(3, ModelDescription.Read(_folder.File("file")).Decoders[0].Values);
        Assert.DoesNotContain(fromFile.Files, made => made.Title.StartsWith("reconstruction", StringComparison.Ordinal));
        Assert.Contains(log.Lines, line => line.Contains("3 codes", StringComparison.Ordinal) && line.Contains("8 pixels", StringComparison.Ordinal));
        Assert.Contains(log.Lines, line => line.Contains("codes: it cannot be drawn", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_token_gets_the_code_of_its_place_in_the_cubes_first_frame()
    {
        using FrameTokenizer tokenizer = FrameTokenizer.Open(Tokenizer("one", stride: 4), Shapes.Micro, Options());

        // Frames 0 and 2 are the first of their cubes; each place of 8 x 8 has one of the codebook's colours, frames between are white.
        int[] wanted = [0, 1, 2, 0, 2, 2, 1, 0];
        byte[] clip = new byte[Shapes.Micro.ClipBytes];
        Array.Fill(clip, (byte)255);
        for (int index = 0; index < clip.Length; index++)
        {
            (int channel, int column, int row, int frame) = (index % 3, index / 3 % 16, index / 48 % 16, index / 768);
            if (frame % 2 == 0)
                clip[index] = channel == wanted[(frame / 2 * 4) + (row / 8 * 2) + (column / 8)] ? (byte)240 : (byte)15;
        }

        Assert.Equal(wanted, tokenizer.Encode(clip, default));
    }

    [Fact]
    public async Task An_adaptive_mask_shows_a_twentieth_unless_told_otherwise()
    {
        VideoTransformerShape shape = Shapes.Micro with { Frames = 10, TubeletSize = 1 };
        FakeContext context = Context("work");

        await Stage().RunAsync(Options() with { Shape = shape, Mask = "adaptive", MaskRatio = null, Target = "pixels" }, context, default);

        Assert.True(ModelDescription.Read(context.WorkFolder).HasSampler);
        Assert.Contains("\"sampler\":", File.ReadLines(Path.Combine(context.WorkFolder, "metrics.jsonl")).First(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Targets_are_weighted_and_sized()
    {
        PretrainOptions options = Options() with { Targets = [new TargetSettings { Name = "pixels", Weight = 2 }, new TargetSettings { Name = "motion", DecoderDepth = 3 }] };

        await Stage().RunAsync(options, Context("work"), default);

        Assert.Equal([1, 3], ModelDescription.Read(_folder.File("work")).Decoders.Select(decoder => decoder.Depth));
    }

    [Fact]
    public async Task Changed_weights_or_tokenizers_are_another_training()
    {
        PretrainOptions options = Options() with { Targets = [new TargetSettings { Name = "codes" }], Tokenizer = StageInput.Parse(Tokenizer("one", stride: 4)) };
        await Stage().RunAsync(options, Context("work"), default);

        await Refused<ModelException>(options with { Targets = [new TargetSettings { Name = "codes", Weight = 2 }] }, "another training");
        await Refused<ModelException>(options with { Tokenizer = StageInput.Parse(Tokenizer("other", stride: 2)) }, "another training");
    }

    [Fact]
    public async Task Options_that_do_not_fit_together_are_refused()
    {
        PretrainOptions options = Options();
        await Refused<UsageException>(options with { Target = "codes" }, "needs a tokenizer");
        await Refused<UsageException>(options with { Tokenizer = StageInput.Parse(Tokenizer("one", stride: 4)) }, "'codes' is no target");
        await Refused<UsageException>(options with { Target = "pixels", Targets = [new TargetSettings { Name = "motion" }] }, "not both");
        await Refused<OnnxModelException>(options with { Target = "codes", Tokenizer = StageInput.Parse(Tokenizer("one", stride: 4)), TokenizerSize = 16 }, "gives 4x4 codes");
        await Refused<UsageException>(options with { Target = "codes", Tokenizer = StageInput.Parse(Directory.CreateDirectory(_folder.File("empty")).FullName) }, "holds 0 files *.onnx");
    }

    private async Task Refused<T>(PretrainOptions options, string expected)
        where T : Exception =>
        Assert.Contains(expected, (await Assert.ThrowsAsync<T>(() => Stage().RunAsync(options, Context("work"), default))).Message, StringComparison.Ordinal);

    private FakeContext Context(string name) => new(_folder.File(name));

    private PretrainOptions Options() => new()
    {
        Clips = ColouredRecipes.Write(_folder, ["a", "b", "c"]),
        Shape = Shapes.Micro,
        Steps = 3,
        BatchSize = 2,
        Stride = 1,
        MaskRatio = 0.75,
        Pictures = 1,
        Threads = 1,
        Device = "cpu",
    };

    private static PretrainStage Stage(ILogger<PretrainStage>? log = null) => new([new ColouredRecipes()], TimeProvider.System, log ?? NullLogger<PretrainStage>.Instance);

    // Red, green or blue, whichever is strongest in a place's mean.
    private string Tokenizer(string folder, int stride)
    {
        var graph = new GraphBuilder("tokenizer");
        Value pictures = graph.Input("pictures", ElementType.Float, "n", 3, "height", "width");
        Value mean = graph.Node("AveragePool", [pictures], ("kernel_shape", new long[] { stride, stride }), ("strides", new long[] { stride, stride }));
        graph.Output("logits", mean, ElementType.Float, "n", 3, "rows", "columns");
        Directory.CreateDirectory(_folder.File(folder));
        graph.Build().Save(_folder.File(folder, "tokenizer.onnx"));
        return _folder.File(folder, "tokenizer.onnx");
    }

    private sealed class KeptLog : ILogger<PretrainStage>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Add(formatter(state, exception));
    }
}
