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
        Assert.Contains("2 frames, found 1", Assert.Throws<ModelException>(() => new FrameDifference().Values(shape)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Histograms_of_gradients_are_those_of_a_plain_computation()
    {
        // A patch of 16 in a frame of 32, two slots; every number by hand below, in plain loops.
        VideoTransformerShape shape = Shape with { Frames = 4, ImageSize = 32, TubeletSize = 2, PatchSize = 16 };
        byte[] clip = new byte[shape.ClipBytes], cubes = new byte[shape.ClipBytes];
        for (int i = 0; i < clip.Length; i++)
            clip[i] = (byte)((i * 7919L % 251) ^ (i / 96));
        Cubes.Arrange(shape, clip, cubes);
        using DisposeScope scope = NewDisposeScope();
        var target = new HistogramsOfGradients();
        Assert.Equal(108, target.Values(shape));
        float[] actual = Parameters.Get(target.Compute(shape, ClipTensor.Bytes(shape, cubes, 1, CPU), tensor([6L, 1L], [1, 2])));
        // Token 6 is slot 1 (frame 2), grid row 1, grid column 0; token 1 is slot 0, row 0, column 1.
        Values.Close([.. PlainHistograms(clip, shape.ImageSize, frame: 2, top: 16, left: 0), .. PlainHistograms(clip, shape.ImageSize, frame: 0, top: 0, left: 16)], actual, 1e-4);
    }

    private static double[] PlainHistograms(byte[] clip, int side, int frame, int top, int left)
    {
        double[] values = new double[108];
        for (int channel = 0; channel < 3; channel++)
        {
            for (int cell = 0; cell < 4; cell++)
            {
                double[] bins = new double[9];
                for (int pixel = 0; pixel < 64; pixel++)
                {
                    int y = top + (cell / 2 * 8) + (pixel / 8), x = left + (cell % 2 * 8) + (pixel % 8);
                    double At(int dy, int dx) => clip[(((((frame * side) + Mirror(y + dy)) * side) + Mirror(x + dx)) * 3) + channel];
                    int Mirror(int place) => place < 0 ? -place : place >= side ? (2 * side) - 2 - place : place;
                    double across = At(-1, -1) + (2 * At(0, -1)) + At(1, -1) - At(-1, 1) - (2 * At(0, 1)) - At(1, 1);
                    double down = At(-1, -1) + (2 * At(-1, 0)) + At(-1, 1) - At(1, -1) - (2 * At(1, 0)) - At(1, 1);
                    int bin = (int)Math.Floor(9 * Math.Atan2(across, down) / Math.PI);
                    bins[((bin % 9) + 9) % 9] += Math.Sqrt((across * across) + (down * down));
                }

                double length = Math.Sqrt(bins.Sum(bin => bin * bin));
                for (int bin = 0; bin < 9; bin++)
                    values[(((channel * 9) + bin) * 4) + cell] = bins[bin] / length;
            }
        }

        return values;
    }

    [Fact]
    public void Histograms_of_gradients_of_a_plain_picture_are_nothing_and_small_patches_are_refused()
    {
        VideoTransformerShape shape = Shape with { ImageSize = 8, PatchSize = 8 };
        using DisposeScope scope = NewDisposeScope();
        byte[] grey = new byte[shape.ClipBytes];
        Array.Fill(grey, (byte)90);
        Assert.All(Parameters.Get(new HistogramsOfGradients().Compute(shape, ClipTensor.Bytes(shape, grey, 1, CPU), tensor([0L], [1, 1]))), value => Assert.Equal(0, value));
        Assert.Contains("multiple of 8", Assert.Throws<ModelException>(() => new HistogramsOfGradients().Values(Shape)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_loss_is_the_mean_square_over_masked_tokens_alone()
    {
        using var task = new PretrainingTask(Micro.Pretraining with { Targets = TargetSettings.Parse("pixels") }, new ColouredClips(Micro.Shape), seed: 4, CPU);
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
