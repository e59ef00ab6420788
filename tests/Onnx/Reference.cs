namespace Unreel.Onnx.Tests;

/// <summary>The network once more, in plain loops over doubles, written from its description and not from the graph writer.</summary>
internal sealed class Reference(ClassifierShape shape, WeightSet weights)
{
    internal static double Gelu(double x) => 0.5 * x * (1 + Erf(x / Math.Sqrt(2)));

    internal static double[] LayerNorm(double[] row, float[] weight, float[] bias, double epsilon)
    {
        double mean = row.Average();
        double variance = row.Select(x => (x - mean) * (x - mean)).Average();
        return [.. row.Select((x, i) => ((x - mean) / Math.Sqrt(variance + epsilon) * weight[i]) + bias[i])];
    }

    internal static double[] Linear(double[] row, float[] weight, float[]? bias)
    {
        int outputs = weight.Length / row.Length;
        double[] result = new double[outputs];
        for (int o = 0; o < outputs; o++)
        {
            result[o] = bias?[o] ?? 0;
            for (int i = 0; i < row.Length; i++)
                result[o] += row[i] * weight[(o * row.Length) + i];
        }

        return result;
    }

    internal static double[] Softmax(double[] row)
    {
        double most = row.Max();
        double[] powers = [.. row.Select(x => Math.Exp(x - most))];
        double sum = powers.Sum();
        return [.. powers.Select(x => x / sum)];
    }

    internal (double[] Logits, double[] Probabilities, double[] Features) Classify(ReadOnlySpan<byte> clip)
    {
        double[][] tokens = Tokens(clip, shape.Depth);
        double[] pooled = weights.TryGet("pool.query", out _) ? Pool(tokens) : Mean(tokens);
        double[] features = LayerNorm(pooled, W("fc_norm.weight"), W("fc_norm.bias"), shape.Epsilon);
        double[] logits = Linear(features, W("head.weight"), W("head.bias"));
        return (logits, Softmax(logits), features);
    }

    /// <summary>Tokens after the first blocks.</summary>
    internal double[][] Tokens(ReadOnlySpan<byte> clip, int blocks)
    {
        double[][] tokens = Embed(clip);
        for (int block = 0; block < blocks; block++)
            tokens = Block(tokens, $"blocks.{block}");
        return tokens;
    }

    internal double[] Pool(double[][] tokens)
    {
        double[] query = [.. W("pool.query").Select(value => (double)value)];
        double[][] normed = [.. tokens.Select(token => LayerNorm(token, W("pool.norm1.weight"), W("pool.norm1.bias"), shape.Epsilon))];
        double[] asked = Linear(query, W("pool.attn.q.weight"), W("pool.attn.q.bias"));
        double[][] answers = [.. normed.Select(token => Linear(token, W("pool.attn.kv.weight"), W("pool.attn.kv.bias")))];
        int size = shape.Width / shape.Heads;
        double[] mixed = new double[shape.Width];
        for (int head = 0; head < shape.Heads; head++)
        {
            int first = head * size;
            double[] shares = Softmax([.. answers.Select(answer => Enumerable.Range(first, size).Sum(d => asked[d] * answer[d]) / Math.Sqrt(size))]);
            for (int d = first; d < first + size; d++)
                mixed[d] = shares.Select((share, token) => share * answers[token][shape.Width + d]).Sum();
        }

        double[] seen = [.. query.Zip(Linear(mixed, W("pool.attn.proj.weight"), W("pool.attn.proj.bias")), (a, b) => a + b)];
        double[] renormed = LayerNorm(seen, W("pool.norm2.weight"), W("pool.norm2.bias"), shape.Epsilon);
        return [.. seen.Zip(Mlp(renormed, "pool.mlp"), (a, b) => a + b)];
    }

    private static double[] Mean(double[][] tokens) => [.. Enumerable.Range(0, tokens[0].Length).Select(d => tokens.Average(token => token[d]))];

    internal double[][] Block(double[][] tokens, string path)
    {
        double[][] normed = [.. tokens.Select(token => LayerNorm(token, W($"{path}.norm1.weight"), W($"{path}.norm1.bias"), shape.Epsilon))];
        double[][] mixed = Sum(tokens, Attention(normed, $"{path}.attn"));
        double[][] renormed = [.. mixed.Select(token => LayerNorm(token, W($"{path}.norm2.weight"), W($"{path}.norm2.bias"), shape.Epsilon))];
        return Sum(mixed, [.. renormed.Select(token => Mlp(token, $"{path}.mlp"))]);
    }

    internal double[] Mlp(double[] token, string path)
    {
        double[] hidden = [.. Linear(token, W($"{path}.fc1.weight"), W($"{path}.fc1.bias")).Select(Gelu)];
        return Linear(hidden, W($"{path}.fc2.weight"), W($"{path}.fc2.bias"));
    }

    internal double[][] Attention(double[][] tokens, string path)
    {
        int width = shape.Width, size = width / shape.Heads;
        float[] bias = [.. W($"{path}.q_bias"), .. new float[width], .. W($"{path}.v_bias")];
        double[][] qkv = [.. tokens.Select(token => Linear(token, W($"{path}.qkv.weight"), bias))];
        double[][] mixed = [.. tokens.Select(_ => new double[width])];
        for (int head = 0; head < shape.Heads; head++)
        {
            int q = head * size, k = width + q, v = (2 * width) + q;
            for (int i = 0; i < tokens.Length; i++)
            {
                double[] scores = [.. qkv.Select(other => Enumerable.Range(0, size).Sum(d => qkv[i][q + d] * other[k + d]) / Math.Sqrt(size))];
                double[] shares = Softmax(scores);
                for (int j = 0; j < tokens.Length; j++)
                {
                    for (int d = 0; d < size; d++)
                        mixed[i][q + d] += shares[j] * qkv[j][v + d];
                }
            }
        }

        return [.. mixed.Select(token => Linear(token, W($"{path}.proj.weight"), W($"{path}.proj.bias")))];
    }

    internal double[][] Embed(ReadOnlySpan<byte> clip)
    {
        int side = shape.Size / shape.Patch;
        double[][] tokens = new double[shape.Tokens][];
        for (int n = 0; n < tokens.Length; n++)
        {
            double[] cube = Cube(clip, n / (side * side), n / side % side, n % side);
            tokens[n] = Linear(cube, W("patch_embed.proj.weight"), W("patch_embed.proj.bias"));
            for (int d = 0; d < shape.Width; d++)
                tokens[n][d] += weights.TryGet("pos_embed", out _) ? W("pos_embed")[(n * shape.Width) + d] : Position(n, d, shape.Width);
        }

        return tokens;
    }

    internal static double Position(int token, int column, int width)
    {
        double angle = token / Math.Pow(10000, 2 * (column / 2) / (double)width);
        return column % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle);
    }

    // One cube in the order of the convolution's weight: channel, frame, row, column.
    private double[] Cube(ReadOnlySpan<byte> clip, int time, int row, int column)
    {
        var values = new List<double>();
        for (int c = 0; c < 3; c++)
        {
            for (int t = 0; t < shape.Tubelet; t++)
            {
                for (int y = 0; y < shape.Patch; y++)
                {
                    for (int x = 0; x < shape.Patch; x++)
                    {
                        int place = (((((row * shape.Patch) + y) * shape.Size) + (column * shape.Patch) + x) * 3) + c;
                        double centre = shape.CentreOverTime ? Average(clip, place) : 0;
                        double value = clip[(((time * shape.Tubelet) + t) * shape.Size * shape.Size * 3) + place] - centre;
                        values.Add(((value / 255) - shape.Mean[c]) / shape.Std[c]);
                    }
                }
            }
        }

        return [.. values];
    }

    private double Average(ReadOnlySpan<byte> clip, int place)
    {
        double sum = 0;
        for (int frame = 0; frame < shape.Frames; frame++)
            sum += clip[(frame * shape.Size * shape.Size * 3) + place];
        return sum / shape.Frames;
    }

    private static double[][] Sum(double[][] left, double[][] right) =>
        [.. left.Zip(right, (a, b) => a.Zip(b, (x, y) => x + y).ToArray())];

    // Series for the error function: exact to double precision for the arguments that occur here.
    private static double Erf(double x)
    {
        if (Math.Abs(x) > 6)
            return Math.Sign(x);
        double term = x, sum = x;
        for (int n = 1; n < 200; n++)
        {
            term *= -x * x / n;
            sum += term / ((2 * n) + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }

    internal float[] W(string name) => weights.TryGet(name, out Weight weight)
        ? weight.Read().ToArray()
        : throw new InvalidOperationException($"No weight {name}");
}
