using TorchSharp;
using static TorchSharp.torch;

namespace Unreel.Modeling.Tests;

/// <summary>The modules of a regressor and a sampler against plain loops in double precision.</summary>
public sealed class CrossBlockTests
{
    private const int Width = 12, Heads = 3;

    [Fact]
    public void Cross_attention_mixes_what_is_looked_at()
    {
        using DisposeScope scope = NewDisposeScope();
        CrossAttention module = Values.Filled(new CrossAttention(Width, Heads));
        (Tensor queries, Tensor context) = (Values.Tensor(3, 1, 5, Width), Values.Tensor(4, 1, 2, Width));

        Values.Close(Flat(Attend(Of(module), string.Empty, Rows(queries), Rows(context))), Parameters.Get(module.call(queries, context)), 2e-5);
    }

    [Fact]
    public void A_regressor_begins_with_mask_token_and_positions_and_ends_with_a_norm()
    {
        using DisposeScope scope = NewDisposeScope();
        Regressor module = Values.Filled(new Regressor(Micro.Shape, 2));
        (Tensor positions, Tensor context) = (Values.Tensor(3, 1, 5, Width), Values.Tensor(4, 1, 2, Width));

        Reference reference = Of(module);
        double[] token = reference.Vector("mask_token");
        double[][] rows = [.. Rows(positions).Select(row => row.Zip(token, (a, b) => a + b).ToArray())];
        for (int block = 0; block < 2; block++)
        {
            string path = $"blocks.{block}.";
            rows = Reference.Add(rows, Attend(reference, path + "attn.", reference.Norm(rows, path + "norm1"), Rows(context)));
            rows = Reference.Add(rows, reference.Mlp(reference.Norm(rows, path + "norm2"), path + "mlp."));
        }

        Values.Close(Flat(reference.Norm(rows, "norm")), Parameters.Get(module.call(positions, context)), 2e-5);
    }

    [Fact]
    public void A_sampler_gives_logarithms_of_chances_that_sum_to_one()
    {
        using DisposeScope scope = NewDisposeScope();
        Sampler module = Values.Filled(new Sampler(Micro.Shape));
        Tensor tokens = Values.Tensor(3, 2, 8, Width);

        float[] actual = Parameters.Get(module.call(tokens));

        Reference reference = Of(module);
        double[][] logits = reference.Linear(reference.Block(Rows(tokens[0]), "block.", Heads), "head.weight", reference.Vector("head.bias"));
        double all = Math.Log(logits.Sum(row => Math.Exp(row[0])));
        Values.Close([.. logits.Select(row => row[0] - all)], actual[..8], 2e-5);
        Assert.Equal(1, actual[8..].Sum(value => Math.Exp(value)), 5);
    }

    // Softmax of scaled products, head by head; only queries and values have a bias.
    private static double[][] Attend(Reference reference, string name, double[][] queries, double[][] context)
    {
        double[][] q = reference.Linear(queries, name + "q.weight", reference.Vector(name + "q.bias"));
        double[][] k = reference.Linear(context, name + "k.weight", null);
        double[][] v = reference.Linear(context, name + "v.weight", reference.Vector(name + "v.bias"));
        double[][] mixed = [.. q.Select(_ => new double[Width])];
        int headWidth = Width / Heads;
        for (int row = 0; row < q.Length; row++)
        {
            for (int column = 0; column < Width; column++)
            {
                int first = column / headWidth * headWidth;
                double[] scores = [.. k.Select(key => Math.Exp(Enumerable.Range(first, headWidth).Sum(i => q[row][i] * key[i]) / Math.Sqrt(headWidth)))];
                mixed[row][column] = scores.Zip(v, (score, value) => score * value[column]).Sum() / scores.Sum();
            }
        }

        return reference.Linear(mixed, name + "proj.weight", reference.Vector(name + "proj.bias"));
    }

    private static Reference Of(nn.Module module) =>
        new(module.named_parameters().ToDictionary(entry => entry.name, entry => (entry.parameter.shape, Parameters.Get(entry.parameter))));

    private static double[][] Rows(Tensor rows) => [.. Parameters.Get(rows).Select(value => (double)value).Chunk(Width)];

    private static double[] Flat(double[][] rows) => [.. rows.SelectMany(row => row)];
}
