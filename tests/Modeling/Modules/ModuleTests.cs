using TorchSharp;
using static TorchSharp.torch;

namespace Unreel.Modeling.Tests;

public sealed class ModuleTests
{
    private const double Tolerance = 2e-5;

    [Fact]
    public void Attention_is_softmax_of_scaled_products_with_no_key_bias() =>
        Compare(new Attention(12, 3), (reference, rows) => reference.Attention(rows, string.Empty, 3));

    [Fact]
    public void The_mlp_has_an_exact_gelu() =>
        Compare(new Mlp(12, 24), (reference, rows) => reference.Mlp(rows, string.Empty));

    [Fact]
    public void A_block_adds_two_pre_normed_branches() =>
        Compare(new Block(12, 3, 24), (reference, rows) => reference.Block(rows, string.Empty, 3));

    [Fact]
    public void Scaling_a_branch_by_nothing_leaves_the_input()
    {
        using DisposeScope scope = NewDisposeScope();
        Block block = Values.Filled(new Block(12, 3, 24));
        Tensor x = Values.Tensor(1, 2, 5, 12);
        Tensor scales = tensor([0f, 1f]);

        Tensor kept = block.Run(x, scales, scales);

        Assert.Equal(Parameters.Get(x[0]), Parameters.Get(kept[0]));
        Assert.Equal(Parameters.Get(block.call(x)[1]), Parameters.Get(kept[1]));
    }

    [Fact]
    public void The_projection_is_a_convolution_over_the_cube()
    {
        using DisposeScope scope = NewDisposeScope();
        VideoTransformerShape shape = Micro.Shape;
        PatchEmbed embed = Values.Filled(new PatchEmbed(shape));
        Tensor cubes = Values.Tensor(2, 1, 1, shape.CubeValues);

        float[] actual = Parameters.Get(embed.call(cubes));

        float[] weight = Parameters.Get(embed.state_dict()["proj.weight"]);
        float[] bias = Parameters.Get(embed.state_dict()["proj.bias"]);
        float[] pixels = Parameters.Get(cubes);
        (int tubelet, int side) = (shape.TubeletSize, shape.PatchSize);
        double[] expected = [.. Enumerable.Range(0, shape.Width).Select(output => bias[output]
            + (from c in Enumerable.Range(0, 3) from t in Enumerable.Range(0, tubelet) from y in Enumerable.Range(0, side) from x in Enumerable.Range(0, side)
               select (double)weight[(((((((output * 3) + c) * tubelet) + t) * side) + y) * side) + x] * pixels[(((((t * side) + y) * side) + x) * 3) + c]).Sum())];
        Values.Close(expected, actual, 1e-4);
    }

    [Fact]
    public void Pixels_are_normalised_by_channel()
    {
        using DisposeScope scope = NewDisposeScope();
        byte[] cubes = new byte[Micro.Shape.ClipBytes];
        cubes.AsSpan(0, 6).Fill(255);

        float[] actual = Parameters.Get(ClipTensor.Normalised(ClipTensor.Bytes(Micro.Shape, cubes, 1, CPU), PixelNormalisation.ImageNet));

        Values.Close([(1 - 0.485) / 0.229, (1 - 0.456) / 0.224, (1 - 0.406) / 0.225], actual[3..6], 1e-5);
        Values.Close([-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225], actual[6..9], 1e-5);
    }

    private static void Compare(nn.Module<Tensor, Tensor> module, Func<Reference, double[][], double[][]> expected)
    {
        using DisposeScope scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> filled = Values.Filled(module);
        Tensor x = Values.Tensor(3, 2, 5, 12);

        float[] actual = Parameters.Get(filled.call(x));

        var reference = new Reference(module.named_parameters().ToDictionary(entry => entry.name, entry => (entry.parameter.shape, Parameters.Get(entry.parameter))));
        double[] values = [.. Parameters.Get(x).Chunk(60).SelectMany(clip =>
            expected(reference, [.. clip.Select(value => (double)value).Chunk(12)]).SelectMany(row => row))];
        Values.Close(values, actual, Tolerance);
    }
}
