using Microsoft.ML.OnnxRuntime;

namespace Unreel.Onnx.Tests;

/// <summary>Open frames and sizes: positions are those of the trained grid, interpolated.</summary>
public sealed class DynamicGraphTests
{
    private const double Tolerance = 2e-5;

    private static readonly ClassifierShape Shape = TinyClassifier.Shape;

    public static TheoryData<GraphFlavour, int> Forms => Styles.Data;

    // A table of another grid, worked out with loops, makes the fixed network of that size the reference.
    [Theory]
    [MemberData(nameof(Forms))]
    public void Another_size_gives_what_a_network_with_interpolated_positions_gives(GraphFlavour flavour, int opset)
    {
        using OnnxModel _ = OnnxModel.Open(Document(flavour, opset, true, true).ToArray(), "dynamic");
        foreach ((int frames, int size) in new[] { (4, 16), (8, 16), (2, 16), (4, 24), (6, 40), (2, 8) })
        {
            ClassifierShape other = Shape with { Frames = frames, Size = size };
            WeightSet weights = TinyClassifier.Weights();
            weights.Add("pos_embed", [1, other.Tokens, other.Width], PositionGrid.Interpolated(Shape, other));
            byte[] video = SeededFloats.Bytes(2 * frames * size * size * 3, seed: 6);

            float[] found = Run(Document(flavour, opset, frames != Shape.Frames, size != Shape.Size), video, [2, frames, size, size, 3]);

            var reference = new Reference(other, weights);
            FloatAssert.Close([.. video.Chunk(video.Length / 2).SelectMany(clip => reference.Classify(clip).Logits)], found, Tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Rows_and_columns_may_differ(GraphFlavour flavour, int opset)
    {
        byte[] video = SeededFloats.Bytes(4 * 16 * 32 * 3, seed: 7);
        byte[] turned = new byte[video.Length];
        for (int i = 0; i < video.Length; i++)
            turned[(((((i / (16 * 32 * 3)) * 32) + (i / 3 % 32)) * 16) + (i / (32 * 3) % 16)) * 3 + (i % 3)] = video[i];
        OnnxDocument document = Document(flavour, opset, false, true, TurnedWeights()), straight = Document(flavour, opset, false, true, TurnedWeights(turn: true));

        FloatAssert.Close([.. Run(document, video, [1, 4, 16, 32, 3]).Select(value => (double)value)], Run(straight, turned, [1, 4, 32, 16, 3]), Tolerance);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void The_trained_size_gives_the_fixed_graphs_logits(bool frames, bool size)
    {
        byte[] video = SeededFloats.Bytes(3 * 4 * 16 * 16 * 3, seed: 8);
        float[] expected = Run(Document(GraphFlavour.Portable, 17, false, false), video, [3, 4, 16, 16, 3]);

        float[] found = Run(Document(GraphFlavour.Portable, 17, frames, size), video, [3, 4, 16, 16, 3]);

        FloatAssert.Close([.. expected.Select(value => (double)value)], found, 1e-7);
    }

    // Two clips of three frames hold as many bytes as three of two: they must not be taken for those.
    [Theory]
    [InlineData(2, 3, 16, 16)]
    [InlineData(2, 4, 12, 16)]
    [InlineData(1, 4, 16, 20)]
    [InlineData(1, 4, 4, 4)]
    [InlineData(1, 1, 16, 16)]
    public void What_is_no_whole_number_of_cubes_is_refused(int clips, int frames, int height, int width)
    {
        byte[] video = new byte[clips * frames * height * width * 3];

        foreach (GraphFlavour flavour in Enum.GetValues<GraphFlavour>())
            Assert.ThrowsAny<OnnxRuntimeException>(() => Run(Document(flavour, 17, true, true), video, [clips, frames, height, width, 3]));
    }

    [Fact]
    public void Open_extents_carry_their_names()
    {
        IReadOnlyList<TensorDescription> inputs = Document(GraphFlavour.Ort, 17, true, true).Describe().Inputs;

        Assert.Equal("video: uint8 [batch, frames, height, width, 3]", Assert.Single(inputs).ToString());
    }

    private static float[] Run(OnnxDocument document, byte[] video, long[] shape) => GraphRun.Of(document, video, shape, null, "logits")["logits"];

    private static OnnxDocument Document(GraphFlavour flavour, int opset, bool frames, bool size, WeightSet? weights = null) => ClassifierGraph.Write(
        Shape,
        weights ?? TinyClassifier.Weights(),
        TinyClassifier.Contract(),
        new GraphOptions { Style = new GraphStyle(flavour, opset), DynamicFrames = frames, DynamicSize = size });

    // Positions that know rows and columns apart; turned, both these and the filters have rows for columns.
    private static WeightSet TurnedWeights(bool turn = false)
    {
        WeightSet from = TinyClassifier.Weights(), weights = new();
        foreach (string name in from.Names)
        {
            _ = from.TryGet(name, out Weight weight);
            float[] values = weight.Read().ToArray();
            weights.Add(name, weight.Shape, turn && name == "patch_embed.proj.weight" ? Turned(values, Shape.Patch, 1) : values);
        }

        float[] positions = SeededFloats.Uniform(Shape.Tokens * Shape.Width, seed: 77);
        weights.Add("pos_embed", [1, Shape.Tokens, Shape.Width], turn ? Turned(positions, Shape.Side, Shape.Width) : positions);
        return weights;
    }

    private static float[] Turned(float[] values, int side, int inner)
    {
        float[] turned = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int block = i / (side * side * inner), row = i / (side * inner) % side, column = i / inner % side;
            turned[(((((block * side) + column) * side) + row) * inner) + (i % inner)] = values[i];
        }

        return turned;
    }
}
