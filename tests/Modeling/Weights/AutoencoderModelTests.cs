using Unreel.Testing;

namespace Unreel.Modeling.Tests;

public sealed class AutoencoderModelTests : IDisposable
{
    private static readonly TorchOptions Torch = new() { Device = "cpu", Threads = 1 };
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("pretrained");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pictures_keep_visible_cubes_and_replace_hidden_ones()
    {
        using AutoencoderModel model = Load("pixels");
        byte[] clip = new ColouredClips(Micro.Shape).Read(3, default).Pixels;

        (float[] predicted, byte[] picture) = model.Reconstruct(clip, [[6, 1]]);

        Assert.Equal(6 * Micro.Shape.CubeValues, predicted.Length);
        byte[][] before = CubesOf(clip), after = CubesOf(picture);
        Assert.Equal([1, 6], Enumerable.Range(0, 8).Where(token => before[token].SequenceEqual(after[token])));

        // The third hidden token in ascending order is the fourth of all.
        Assert.Equal(predicted.Skip(2 * Micro.Shape.CubeValues).Take(Micro.Shape.CubeValues).Select(value => (byte)Math.Clamp(MathF.Round(value * 255), 0, 255)), after[3]);
    }

    [Fact]
    public void Tokens_are_normalised_and_clips_do_not_mix()
    {
        using AutoencoderModel model = Load("normalised_pixels");
        byte[] first = new ColouredClips(Micro.Shape).Read(1, default).Pixels, second = new ColouredClips(Micro.Shape).Read(2, default).Pixels;

        float[] both = model.Tokens([.. first, .. second], 2);

        float[] alone = model.Tokens(second, 1);
        Assert.Equal(2 * 8 * Micro.Shape.Width, both.Length);
        Assert.All(both.Skip(alone.Length).Zip(alone), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.All(both.Chunk(Micro.Shape.Width), token => Assert.Equal(0, token.Average(), 0.05));
    }

    [Fact]
    public void Targets_that_cannot_be_drawn_are_named()
    {
        using AutoencoderModel model = Load(TargetNames.Codes);

        ModelException problem = Assert.Throws<ModelException>(() => model.Reconstruct(new byte[Micro.Shape.ClipBytes], [[0]]));

        Assert.Contains($"'{TargetNames.Codes}'", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_classifier_is_refused()
    {
        Finetuning.Run(Micro.Finetuning(), Micro.Plan(Path, 1), new ColouredClips(Micro.Shape), new KeptProgress(), TimeProvider.System, default);

        Assert.Contains("an autoencoder is needed", Assert.Throws<ModelException>(() => AutoencoderModel.Load(Path, Torch)).Message, StringComparison.Ordinal);
    }

    private AutoencoderModel Load(string target)
    {
        PretrainingSettings settings = Micro.Pretraining with { Targets = [new TargetSettings { Name = target }], Tokenizer = target == TargetNames.Codes ? new BrightnessCodes(Micro.Shape) : null };
        Pretraining.Run(settings, Micro.Plan(Path, 1), new ColouredClips(Micro.Shape), 0, new KeptProgress(), TimeProvider.System, default);
        return AutoencoderModel.Load(Path, Torch);
    }

    private static byte[][] CubesOf(byte[] clip)
    {
        byte[] cubes = new byte[clip.Length];
        Cubes.Arrange(Micro.Shape, clip, cubes);
        return [.. cubes.Chunk(Micro.Shape.CubeValues)];
    }
}
