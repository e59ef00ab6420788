using Unreel.Testing;

namespace Unreel.Modeling.Tests;

[Collection("torch")]
public sealed class WeightsFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_classifier_answers_as_it_was_trained()
    {
        using ClassifierModel model = Trained(encoder: null, steps: 60);
        var clips = new ColouredClips(Micro.Shape);
        byte[] batch = [.. clips.Read(1000, default).Pixels, .. clips.Read(1001, default).Pixels, .. clips.Read(1002, default).Pixels];

        float[] logits = model.Logits(batch, 3);

        int[] answers = [.. logits.Chunk(3).Select(row => Array.IndexOf(row, row.Max()))];
        Assert.Equal([1, 2, 0], answers);
        Assert.Equal(logits[3..6], model.Logits(clips.Read(1001, default).Pixels, 1));
        Assert.Equal(["a", "b", "c"], model.Labels);
        Assert.Equal(16, model.Preparation.Size);
        Assert.Equal([12, 3, 2, 8, 8], model.Weights["patch_embed.proj.weight"].Shape);
    }

    [Fact]
    public void Finetuning_takes_the_encoder_and_drops_the_decoder()
    {
        Pretraining.Run(Micro.Pretraining, Micro.Plan(_folder.File("pretrained"), 3), new ColouredClips(Micro.Shape), 0, new KeptProgress(), TimeProvider.System, default);
        TrainingPlan none = Micro.Plan(_folder.File("finetuned"), 1) with { Schedule = new WarmupCosine { Peak = 0, Steps = 1 } };
        Finetuning.Run(Micro.Finetuning(_folder.File("pretrained")), none, new ColouredClips(Micro.Shape), new KeptProgress(), TimeProvider.System, default);

        using SafetensorsFile pretrained = SafetensorsFile.Open(_folder.File("pretrained", "model.safetensors"));
        using ClassifierModel model = ClassifierModel.Load(_folder.File("finetuned"));

        Assert.Equal(pretrained.ReadFloats("encoder.blocks.1.mlp.fc2.weight"), model.Weights["blocks.1.mlp.fc2.weight"].Read());
    }

    [Fact]
    public void An_encoder_of_another_shape_is_refused_by_name()
    {
        Pretraining.Run(Micro.Pretraining, Micro.Plan(_folder.File("pretrained"), 1), new ColouredClips(Micro.Shape), 0, new KeptProgress(), TimeProvider.System, default);
        FinetuningSettings wider = Micro.Finetuning(_folder.File("pretrained")) with { Shape = Micro.Shape with { Depth = 3, MlpWidth = 32 } };

        var error = Assert.Throws<ModelException>(() => Finetuning.Run(wider, Micro.Plan(_folder.File("no"), 1), new ColouredClips(Micro.Shape), new KeptProgress(), TimeProvider.System, default));

        Assert.Contains("Missing: encoder.blocks.2.attn.proj.bias", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Surplus_tensors_are_listed()
    {
        using ClassifierModel model = Trained(encoder: null, steps: 1);
        string folder = _folder.File("surplus");
        Directory.CreateDirectory(folder);
        File.Copy(_folder.File("trained", "model.json"), Path.Combine(folder, "model.json"));
        SafetensorsWriter.Write(
            Path.Combine(folder, "model.safetensors"),
            [.. model.Weights.Select(entry => TensorToWrite.F32(entry.Key, entry.Value.Shape, () => entry.Value.Read())), TensorToWrite.F32("extra", [1], () => [1])]);

        Assert.Contains("Surplus: extra", Assert.Throws<ModelException>(() => ClassifierModel.Load(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_autoencoder_is_no_classifier()
    {
        Pretraining.Run(Micro.Pretraining, Micro.Plan(_folder.File("pretrained"), 1), new ColouredClips(Micro.Shape), 0, new KeptProgress(), TimeProvider.System, default);

        Assert.Contains("autoencoder", Assert.Throws<ModelException>(() => ClassifierModel.Load(_folder.File("pretrained"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("imagenet")]
    [InlineData("motion")]
    public void A_classifier_remembers_what_it_saw(string normalisation)
    {
        FinetuningSettings settings = Micro.Finetuning() with { Normalisation = PixelNormalisation.Get(normalisation) };
        Finetuning.Run(settings, Micro.Plan(_folder.File("trained"), 4), new ColouredClips(Micro.Shape), new KeptProgress(), TimeProvider.System, default);
        using ClassifierModel model = ClassifierModel.Load(_folder.File("trained"));
        byte[] clip = new ColouredClips(Micro.Shape).Read(5, default).Pixels;
        byte[] brighter = [.. clip.Select(value => (byte)(value + 10))];

        Assert.Equal(settings.Normalisation.CentreOverTime, model.Normalisation.CentreOverTime);
        Assert.Equal(settings.Normalisation.Std, model.Normalisation.Std);
        // A brightness that does not change over time is no motion.
        double difference = model.Logits(clip, 1).Zip(model.Logits(brighter, 1), (one, other) => Math.Abs(one - other)).Max();
        Assert.Equal(normalisation == "motion", difference < 1e-5);
    }

    [Fact]
    public void Reconstructions_keep_what_was_visible()
    {
        (_, IReadOnlyList<Reconstruction> pictures) = Pretraining.Run(
            Micro.Pretraining, Micro.Plan(_folder.File("pictures"), 2), new ColouredClips(Micro.Shape), 2, new KeptProgress(), TimeProvider.System, default);

        Assert.Equal(2, pictures.Count);
        Assert.All(pictures, picture =>
        {
            int grey = picture.Masked.Count(value => value == 127);
            Assert.InRange(grey, Micro.Shape.ClipBytes * 3 / 4, (Micro.Shape.ClipBytes * 3 / 4) + 50);
            Assert.All(Enumerable.Range(0, picture.Masked.Length).Where(index => picture.Masked[index] != 127), index => Assert.All(picture.Views, view => Assert.Equal(picture.Original[index], view.Pixels[index])));
        });
    }

    [Theory]
    [InlineData("{}", "format")]
    [InlineData("{", "model.json")]
    [InlineData("""{"format":"unreel.model.v1","kind":"tree","shape":{},"normalisation":{"mean":[],"std":[]}}""", "tree")]
    public void A_wrong_description_is_refused(string json, string expected)
    {
        File.WriteAllText(_folder.File("model.json"), json);

        Assert.Contains(expected, Assert.Throws<ModelException>(() => ModelDescription.Read(_folder.Path)).Message, StringComparison.Ordinal);
    }

    private ClassifierModel Trained(string? encoder, int steps)
    {
        TrainingPlan plan = Micro.Plan(_folder.File("trained"), steps) with { BatchSize = 6 };
        Finetuning.Run(Micro.Finetuning(encoder) with { DropPath = 0, Dropout = 0 }, plan, new ColouredClips(Micro.Shape), new KeptProgress(), TimeProvider.System, default);
        return ClassifierModel.Load(_folder.File("trained"), new TorchOptions { Device = "cpu", Threads = 1 });
    }
}
