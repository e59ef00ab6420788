using TorchSharp;
using static TorchSharp.torch;

namespace Unreel.Modeling.Tests;

public sealed class TargetTests
{
    private static readonly VideoTransformerShape Shape = Micro.Shape with { Frames = 2, ImageSize = 2, TubeletSize = 2, PatchSize = 1 };

    [Fact]
    public void Pixels_are_the_masked_cubes_from_0_to_1()
    {
        using DisposeScope scope = NewDisposeScope();
        byte[] cubes = [.. Enumerable.Range(0, Shape.ClipBytes).Select(index => (byte)(index * 10))];

        float[] actual = Parameters.Get(new Pixels().Compute(Shape, ClipTensor.Bytes(Shape, cubes, 1, CPU), tensor([3L, 1L], [1, 2])));

        Values.Close([180 / 255.0, 190 / 255.0, 200 / 255.0, 210 / 255.0, 220 / 255.0, 230 / 255.0], actual[..6], 1e-6);
        Values.Close([60 / 255.0, 70 / 255.0, 80 / 255.0, 90 / 255.0, 100 / 255.0, 110 / 255.0], actual[6..], 1e-6);
    }

    [Fact]
    public void Normalised_pixels_have_mean_0_and_unbiased_deviation_1_in_every_channel()
    {
        using DisposeScope scope = NewDisposeScope();
        // One cube of two pixels, channels (r, g, b): (0, 51, 100) and (255, 102, 100).
        byte[] cubes = new byte[Shape.ClipBytes];
        byte[] cube = [0, 51, 100, 255, 102, 100];
        cube.CopyTo(cubes, 0);

        float[] actual = Parameters.Get(new NormalisedPixels().Compute(Shape, ClipTensor.Bytes(Shape, cubes, 1, CPU), tensor([0L], [1, 1])));

        // Two values a and b: (a - mean) / std with n - 1 = 1 is -1 / sqrt 2; a constant channel is 0.
        double half = 1 / Math.Sqrt(2);
        Values.Close([-half, -half, 0, half, half, 0], actual, 1e-5);
    }

    [Fact]
    public void Motion_is_what_differs_from_the_mean_over_all_slots()
    {
        using DisposeScope scope = NewDisposeScope();
        // Two slots of two frames of one pixel: 10, 20, 30, 60 in red, with mean 30; green and blue stand still.
        VideoTransformerShape shape = Shape with { Frames = 4, ImageSize = 1 };
        byte[] cubes = [10, 7, 9, 20, 7, 9, 30, 7, 9, 60, 7, 9];

        float[] actual = Parameters.Get(new Motion().Compute(shape, ClipTensor.Bytes(shape, cubes, 1, CPU), tensor([1L], [1, 1])));

        Values.Close([0, 0, 0, 30 / 25.5, 0, 0], actual, 1e-5);
    }

    [Fact]
    public void A_frame_difference_is_what_changed_since_the_frame_before_across_cubes_too()
    {
        using DisposeScope scope = NewDisposeScope();
        // Two slots of two frames of two places: red is 10, 20, 30, 60 at the first place and 5, 5, 5, 5 at the second.
        VideoTransformerShape shape = Shape with { Frames = 4, ImageSize = 2, PatchSize = 2 };
        byte[] cubes = new byte[shape.ClipBytes];
        for (int frame = 0; frame < 4; frame++)
        {
            for (int pixel = 0; pixel < 4; pixel++)
                cubes[((frame * 4) + pixel) * 3] = (byte)(pixel == 0 ? new[] { 10, 20, 30, 60 }[frame] : 5);
        }

        float[] actual = Parameters.Get(new FrameDifference().Compute(shape, ClipTensor.Bytes(shape, cubes, 1, CPU), tensor([0L, 1L], [1, 2])));
        Assert.Equal(2 * shape.CubeValues, actual.Length);
        float[] red = [.. actual.Where((_, index) => index % 12 == 0)];
        Values.Close([10 / 255.0, 10 / 255.0, 10 / 255.0, 30 / 255.0], red, 1e-6);
        Assert.Equal(0, actual.Where((_, index) => index % 12 != 0).Max(Math.Abs));
    }

    [Fact]
    public void A_frame_difference_needs_two_frames()
    {
        VideoTransformerShape shape = Shape with { Frames = 1, TubeletSize = 1 };
        using DisposeScope scope = NewDisposeScope();
        Assert.Throws<ModelException>(() => new FrameDifference().Compute(shape, ClipTensor.Bytes(shape, new byte[shape.ClipBytes], 1, CPU), tensor([0L], [1, 1])));
    }

    [Fact]
    public void The_loss_is_the_mean_square_over_masked_tokens_alone()
    {
        using var task = new PretrainingTask(Micro.Pretraining with { Target = "pixels" }, new ColouredClips(Micro.Shape), seed: 4, CPU);
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in task.Network.named_parameters())
            Parameters.Set(parameter, new float[parameter.numel()]);
        using DisposeScope scope = NewDisposeScope();
        ClipBatch batch = task.Read(0, 2, default);

        float loss = task.Loss(batch, 0).item<float>();

        // A network of zeros predicts zeros: the loss is the mean square of the hidden pixels.
        double expected = batch.Masks.SelectMany((mask, clip) => mask.Hidden.SelectMany(token =>
            batch.Cubes.AsSpan((clip * Micro.Shape.ClipBytes) + (token * Micro.Shape.CubeValues), Micro.Shape.CubeValues).ToArray())).Average(value => value * value / 65025.0);
        Assert.Equal(expected, loss, 5);
    }

    [Fact]
    public void An_unknown_target_lists_the_known() =>
        Assert.Contains("normalised_pixels", Assert.Throws<ModelException>(() => TargetNames.Get("pixel")).Message, StringComparison.Ordinal);
}
