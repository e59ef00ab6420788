using TorchSharp;
using TorchSharp.Modules;
using Unreel.Testing;
using static TorchSharp.torch;

namespace Unreel.Modeling.Tests;

/// <summary>Checkpoints with random weights, written by PyTorch's own code, answer here as they do there.</summary>
[Collection("torch")]
public sealed class ImportJudgeTests : IDisposable
{
    private static readonly TorchOptions OneThread = new() { Device = "cpu", Threads = 1 };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ProgramTheory(PytorchAuthor.Python, "-c", PytorchAuthor.Probe)]
    [InlineData("model")]
    [InlineData("module")]
    [InlineData("bare")]
    [InlineData("ddp")]
    [InlineData("double")]
    [InlineData("half")]
    [InlineData("protocol4")]
    [InlineData("views")]
    [InlineData("learned")]
    public void Videomae_checkpoints_give_the_same_logits(string what)
    {
        byte[] clips = PytorchAuthor.Clips(_folder.Path);
        double[] expected = PytorchAuthor.Write(_folder.Path, what);

        WeightImportResult result = WeightImport.Run(_folder.File("checkpoint.pth"), Imported(), PytorchAuthor.Options);

        Assert.Equal("videomae", result.Format);
        Assert.Equal(what == "learned", result.BringsPositions);
        Assert.Equal(Micro.Shape with { DecoderWidth = 12, DecoderHeads = 2 }, result.Description.Shape);
        CloseLogits(expected, clips);
    }

    [ProgramTheory(PytorchAuthor.Python, "-c", PytorchAuthor.Probe)]
    [InlineData("hf")]
    [InlineData("hf-bin")]
    public void Hugging_face_models_give_the_same_logits(string what)
    {
        byte[] clips = PytorchAuthor.Clips(_folder.Path);
        double[] expected = PytorchAuthor.Write(_folder.Path, what);

        WeightImportResult result = WeightImport.Run(_folder.Path, Imported(), new WeightImportOptions());

        Assert.Equal("huggingface", result.Format);
        Assert.Equal(["run", "walk", "jump"], result.Description.Labels);
        Assert.Equal(Micro.Shape, result.Description.Shape);
        CloseLogits(expected, clips);
    }

    [ProgramFact(PytorchAuthor.Python, "-c", PytorchAuthor.Probe)]
    public void Videomae_autoencoders_predict_the_same()
    {
        byte[] clips = PytorchAuthor.Clips(_folder.Path);
        double[] expected = PytorchAuthor.Write(_folder.Path, "pretrain");

        WeightImportResult result = WeightImport.Run(_folder.File("checkpoint.pth"), Imported(), PytorchAuthor.Options with { Labels = null });

        Assert.Equal(Micro.Shape, result.Description.Shape);
        Values.Close(expected, Predicted(clips), 1e-4);
    }

    [ProgramFact(PytorchAuthor.Python, "-c", PytorchAuthor.Probe)]
    public void Exports_answer_in_pytorch_as_here()
    {
        byte[] clips = PytorchAuthor.Clips(_folder.Path);
        PytorchAuthor.Write(_folder.Path, "model");
        WeightImport.Run(_folder.File("checkpoint.pth"), Imported(), PytorchAuthor.Options);

        WeightExport.Run(_folder.File("imported"), WeightFormat.Videomae, _folder.File("exported.pth"));
        WeightExport.Run(_folder.File("imported"), WeightFormat.HuggingFace, _folder.File("exported"));

        CloseLogits(PytorchAuthor.Write(_folder.Path, "judge-pth"), clips);
        CloseLogits(PytorchAuthor.Write(_folder.Path, "judge-hf"), clips);
    }

    [ProgramFact(PytorchAuthor.Python, "-c", PytorchAuthor.Probe)]
    public void Positions_are_interpolated_as_pytorch_does()
    {
        PytorchAuthor.Clips(_folder.Path);
        double[] expected = PytorchAuthor.Write(_folder.Path, "interpolate");
        float[] table = [.. File.ReadAllBytes(_folder.File("table.bin")).Chunk(4).Select(bytes => BitConverter.ToSingle(bytes))];

        Values.Close(expected, Positions.Interpolated(table, 2, 3, 12, 4, 5), 1e-5);
    }

    [ProgramFact(PytorchAuthor.Python, "-c", PytorchAuthor.Probe)]
    public void The_format_before_zip_is_refused_with_a_remedy()
    {
        PytorchAuthor.Clips(_folder.Path);
        PytorchAuthor.Write(_folder.Path, "legacy");

        var error = Assert.Throws<CheckpointException>(() => WeightImport.Run(_folder.File("checkpoint.pth"), Imported(), PytorchAuthor.Options));

        Assert.Contains("before 1.6", error.Message, StringComparison.Ordinal);
        Assert.Contains("torch.save", error.Message, StringComparison.Ordinal);
    }

    [ProgramFact(PytorchAuthor.Python, "-c", PytorchAuthor.Probe)]
    public void Learnt_positions_are_carried_to_other_grids()
    {
        PytorchAuthor.Clips(_folder.Path);
        PytorchAuthor.Write(_folder.Path, "learned");

        WeightImportResult result = WeightImport.Run(_folder.File("checkpoint.pth"), Imported(), PytorchAuthor.Options with { SourceFrames = 4, SourceImageSize = 16, Frames = 8, ImageSize = 32 });

        using ClassifierModel model = ClassifierModel.Load(_folder.File("imported"), OneThread);
        using TorchCheckpoint original = TorchCheckpoint.Open(_folder.File("checkpoint.pth"));
        Assert.Equal(64, result.Description.Shape.Tokens);
        Assert.Equal(Positions.Interpolated(original.ReadFloats("pos_embed"), 2, 2, 12, 4, 4), model.Weights["pos_embed"].Read());
    }

    private string Imported() => Directory.CreateDirectory(_folder.File("imported")).FullName;

    private void CloseLogits(double[] expected, byte[] clips)
    {
        using ClassifierModel model = ClassifierModel.Load(_folder.File("imported"), OneThread);
        float[] logits = model.Logits(clips, 2);
        Assert.All(expected.Zip(logits), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 1e-4));
        Assert.Equal(expected.Length, logits.Length);
    }

    private float[] Predicted(byte[] clips)
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new PretrainingModel(Micro.Shape, Micro.Shape.CubeValues, CPU);
        using SafetensorsFile file = SafetensorsFile.Open(_folder.File("imported", "model.safetensors"));
        foreach ((string name, Parameter parameter) in Parameters.Of(model))
            WeightLoader.Set(file, name, parameter);

        byte[] cubes = new byte[clips.Length];
        for (int clip = 0; clip < 2; clip++)
            Cubes.Arrange(Micro.Shape, clips.AsSpan(clip * Micro.Shape.ClipBytes, Micro.Shape.ClipBytes), cubes.AsSpan(clip * Micro.Shape.ClipBytes, Micro.Shape.ClipBytes));
        Tensor cubesBNC = ClipTensor.Input(Micro.Shape, ClipTensor.Bytes(Micro.Shape, cubes, 2, CPU), PixelNormalisation.ImageNet);
        Tensor visibleBV = tensor([0L, 4, 0, 4], [2, 2]);
        Tensor maskedBM = tensor([1L, 2, 3, 5, 6, 7, 1, 2, 3, 5, 6, 7], [2, 6]);
        return Parameters.Get(model.call(cubesBNC.index_select(1, tensor([0L, 4])), visibleBV, maskedBM)[0]);
    }
}
