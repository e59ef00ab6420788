namespace Unreel.Modeling.Tests;

/// <summary>The network's mathematics once more, in double precision and plain loops, straight from the papers.</summary>
internal sealed class Reference(IReadOnlyDictionary<string, (long[] Shape, float[] Data)> weights)
{
    public double[][] Linear(double[][] rows, string weight, double[]? bias)
    {
        (long[] shape, float[] data) = weights[weight];
        return [.. rows.Select(row => Enumerable.Range(0, (int)shape[0]).Select(output =>
            (bias?[output] ?? 0) + row.Select((value, input) => value * data[(output * row.Length) + input]).Sum()).ToArray())];
    }

    public double[] Vector(string name) => [.. weights[name].Data.Select(value => (double)value)];

    public double[][] Norm(double[][] rows, string name)
    {
        (double[] scale, double[] shift) = (Vector(name + ".weight"), Vector(name + ".bias"));
        return [.. rows.Select(row =>
        {
            double mean = row.Average();
            double deviation = Math.Sqrt(row.Select(value => (value - mean) * (value - mean)).Average() + 1e-6);
            return row.Select((value, index) => ((value - mean) / deviation * scale[index]) + shift[index]).ToArray();
        })];
    }

    public double[][] Attention(double[][] rows, string name, int heads)
    {
        int width = rows[0].Length;
        int headWidth = width / heads;
        double[] bias = [.. Vector(name + "q_bias"), .. new double[width], .. Vector(name + "v_bias")];
        double[][] mixed = Linear(rows, name + "qkv.weight", bias);
        double[][] result = [.. rows.Select(_ => new double[width])];
        for (int head = 0; head < heads; head++)
        {
            for (int token = 0; token < rows.Length; token++)
            {
                double[] scores = [.. rows.Select((_, other) => Exp(mixed, token, other, head * headWidth, width, headWidth))];
                for (int column = 0; column < headWidth; column++)
                    result[token][(head * headWidth) + column] = scores.Select((score, other) => score * mixed[other][(2 * width) + (head * headWidth) + column]).Sum() / scores.Sum();
            }
        }

        return Linear(result, name + "proj.weight", Vector(name + "proj.bias"));
    }

    public double[][] Mlp(double[][] rows, string name)
    {
        double[][] hidden = Linear(rows, name + "fc1.weight", Vector(name + "fc1.bias"));
        return Linear([.. hidden.Select(row => row.Select(Gelu).ToArray())], name + "fc2.weight", Vector(name + "fc2.bias"));
    }

    public double[][] Block(double[][] rows, string name, int heads)
    {
        double[][] mixed = Add(rows, Attention(Norm(rows, name + "norm1"), name + "attn.", heads));
        return Add(mixed, Mlp(Norm(mixed, name + "norm2"), name + "mlp."));
    }

    public static double[][] Add(double[][] one, double[][] other) =>
        [.. one.Zip(other, (a, b) => a.Zip(b, (x, y) => x + y).ToArray())];

    private static double Exp(double[][] mixed, int token, int other, int offset, int width, int headWidth) =>
        Math.Exp(Enumerable.Range(offset, headWidth).Sum(column => mixed[token][column] * mixed[other][width + column]) / Math.Sqrt(headWidth));

    private static double Gelu(double x) => 0.5 * x * (1 + Erf(x / Math.Sqrt(2)));

    // The Maclaurin series, which converges to double precision for the small arguments of these tests.
    private static double Erf(double x)
    {
        double term = x;
        double sum = x;
        for (int n = 1; n < 60; n++)
        {
            term *= -x * x / n;
            sum += term / ((2 * n) + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }
}
