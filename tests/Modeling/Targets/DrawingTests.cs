using TorchSharp;
using static TorchSharp.torch;

namespace Unreel.Modeling.Tests;

/// <summary>What is drawn of predictions, and what of the original it takes.</summary>
public sealed class DrawingTests
{
    private static readonly VideoTransformerShape Shape = Micro.Shape with { Frames = 8, ImageSize = 32, PatchSize = 16 };

    [Theory]
    [InlineData("pixels", false)]
    [InlineData("normalised_pixels", true)]
    [InlineData("motion", true)]
    [InlineData("frame_difference", true)]
    public void A_perfect_prediction_is_drawn_as_the_original(string name, bool needsMore)
    {
        using DisposeScope scope = NewDisposeScope();
        TargetBatch batch = Batch();
        var target = (ValueTarget)TargetNames.Get(name);

        IReadOnlyList<Drawing> drawings = ((IDrawnTarget)target).Draw(target.Compute(Shape, batch.CubesBNC, batch.MaskedBM), batch, tensor([0L, 3], [1, 2]));

        Tensor original = ClipTensor.Unit(ClipTensor.Select(batch.CubesBNC, batch.MaskedBM));
        Assert.InRange((drawings[0].PixelsBMC - original).abs().max().item<float>(), 0, 1e-5f);
        Assert.Equal(needsMore, drawings[0].PutBack is not null);

        // Where something was put back there is a second drawing, of what the network knew alone.
        Assert.Equal(needsMore ? 2 : 1, drawings.Count);
        if (needsMore)
        {
            Assert.Null(drawings[1].PutBack);
            Assert.True((drawings[1].PixelsBMC - original).abs().max().item<float>() > 1e-3f);
        }
    }

    [Fact]
    public void Codes_cannot_be_drawn()
    {
        Assert.False(TargetNames.CanBeDrawn("codes"));
        Assert.All(TargetNames.All.Except(["codes"]), name => Assert.True(TargetNames.CanBeDrawn(name)));
    }

    [Fact]
    public void Nearby_statistics_are_those_of_visible_cubes_weighted_by_distance()
    {
        using DisposeScope scope = NewDisposeScope();
        TargetBatch batch = Batch();
        long[] visible = [0, 3, 10];

        (Tensor mean, Tensor deviation) = NearbyStatistics.Guess(batch, tensor(visible, [1, 3]));

        (Tensor means, Tensor deviations) = NormalisedPixels.Statistics(ClipTensor.Unit(ClipTensor.Select(batch.CubesBNC, tensor(visible, [1, 3]))));
        long[] masked = [.. batch.MaskedBM.data<long>()];
        for (int index = 0; index < masked.Length; index++)
        {
            double[] weights = [.. visible.Select(token => Math.Exp(-0.5 * Apart(token, masked[index])))];
            for (int channel = 0; channel < 3; channel++)
            {
                double Expected(Tensor values) => weights.Select((weight, place) => weight * values[0, place, 0, channel].item<float>()).Sum() / weights.Sum();
                Assert.Equal(Expected(means), mean[0, index, 0, channel].item<float>(), 5);
                Assert.Equal(Expected(deviations), deviation[0, index, 0, channel].item<float>(), 5);
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Strokes_lie_along_edges(bool isUpright)
    {
        using DisposeScope scope = NewDisposeScope();

        // A step from dark to bright in the middle of the first cell of every place.
        byte[] clip = new byte[Shape.ClipBytes];
        for (int index = 0; index < clip.Length; index++)
        {
            (int column, int row) = (index / 3 % Shape.ImageSize, index / 3 / Shape.ImageSize % Shape.ImageSize);
            clip[index] = (isUpright ? column : row) % 16 < 4 ? (byte)20 : (byte)200;
        }

        byte[] cubes = new byte[clip.Length];
        Cubes.Arrange(Shape, clip, cubes);
        Tensor cubesBNC = ClipTensor.Bytes(Shape, cubes, 1, CPU);
        Tensor drawn = GradientStrokes.Draw(Shape, new HistogramsOfGradients().Compute(Shape, cubesBNC, tensor([3L], [1, 1])));

        // The first cell of the cube, red: along the edge it is bright all the way, across it in the middle only.
        Tensor cell = drawn.view(Shape.TubeletSize, 16, 16, 3).select(3, 0).select(0, 0).narrow(0, 0, 8).narrow(1, 0, 8);
        Tensor along = isUpright ? cell.narrow(1, 3, 2) : cell.narrow(0, 3, 2);
        Tensor beside = isUpright ? cell.narrow(1, 0, 2) : cell.narrow(0, 0, 2);
        Assert.True(along.mean().item<float>() > 0.3f, $"along the edge {along.mean().item<float>()}");
        Assert.True(beside.mean().item<float>() < 0.15f, $"beside it {beside.mean().item<float>()}");
    }

    private static double Apart(long one, long other)
    {
        (double slot, double row, double column) = ((one / 4) - (other / 4), (one % 4 / 2) - (other % 4 / 2), (one % 2) - (other % 2));
        return (slot * slot) + (row * row) + (column * column);
    }

    private static TargetBatch Batch()
    {
        byte[] cubes = new byte[Shape.ClipBytes];
        Cubes.Arrange(Shape, new ColouredClips(Shape).Read(0, default).Pixels, cubes);
        return new TargetBatch(Shape, ClipTensor.Bytes(Shape, cubes, 1, CPU), tensor([1L, 2, 7, 15], [1, 4]));
    }
}
