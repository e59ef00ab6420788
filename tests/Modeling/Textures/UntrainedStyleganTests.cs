using TorchSharp;

namespace Unreel.Modeling.Tests;

/// <summary>The network against its definition in plain loops, with few channels.</summary>
public sealed class UntrainedStyleganTests
{
    private static readonly int[] Channels = [3, 4, 2];
    private static readonly double[] Filter = [.25, .75, .75, .25];

    [Fact]
    public void The_image_is_that_of_plain_loops()
    {
        Network network = Draw();
        using UntrainedStylegan stylegan = Make(network);
        float[] image = new float[3 * 16 * 16];
        stylegan.Run(network.LayerStyles, network.ColourStyles, image);

        Values.Close([.. Plain(network).SelectMany(plane => plane.Cast<double>())], image, 2e-5);
    }

    [Fact]
    public void It_repeats_itself_and_takes_new_weights()
    {
        Network network = Draw();
        using UntrainedStylegan stylegan = Make(network);
        float[] first = new float[3 * 16 * 16], second = new float[first.Length], changed = new float[first.Length];
        stylegan.Run(network.LayerStyles, network.ColourStyles, first);
        stylegan.Run(network.LayerStyles, network.ColourStyles, second);
        stylegan.SetLayer(4, network.Weights[4]);
        stylegan.Run(network.LayerStyles, network.ColourStyles, changed);

        Assert.Equal(first, second);
        Assert.NotEqual(first, changed);
    }

    [Fact]
    public void Nothing_is_left_of_a_run()
    {
        Network network = Draw();
        float[] image = new float[3 * 16 * 16];
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (UntrainedStylegan stylegan = Make(network))
        {
            long kept = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            stylegan.Run(network.LayerStyles, network.ColourStyles, image);
            stylegan.SetLayer(0, network.Weights[0], network.Biases[0], network.Noise[0]);
            Assert.Equal(kept, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Without_all_weights_it_does_not_run()
    {
        using var stylegan = new UntrainedStylegan([2]);
        stylegan.SetConstant(new float[2 * 16]);
        stylegan.SetLayer(0, new float[2 * 2 * 9]);

        Assert.Throws<InvalidOperationException>(() => stylegan.Run([new float[2]], [new float[2]], new float[3 * 16]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new UntrainedStylegan([]));
    }

    private static UntrainedStylegan Make(Network network)
    {
        var stylegan = new UntrainedStylegan(Channels);
        Assert.Equal(16, stylegan.Side);
        stylegan.SetConstant(network.Constant);
        for (int layer = 0; layer < network.Weights.Length; layer++)
            stylegan.SetLayer(layer, network.Weights[layer], network.Biases[layer], network.Noise[layer]);
        for (int block = 0; block < Channels.Length; block++)
            stylegan.SetColours(block, network.Colours[block]);
        return stylegan;
    }

    private static Network Draw()
    {
        int layers = (2 * Channels.Length) - 1;
        return new Network(
            Values.Uniform(Channels[0] * 16, 1),
            [.. Enumerable.Range(0, layers).Select(layer => Values.Uniform(Outputs(layer) * Inputs(layer) * 9, 10 + (ulong)layer))],
            [.. Enumerable.Range(0, layers).Select(layer => Values.Uniform(Outputs(layer), 20 + (ulong)layer))],
            [.. Enumerable.Range(0, layers).Select(layer => Values.Uniform((4 << Block(layer)) * (4 << Block(layer)), 30 + (ulong)layer))],
            [.. Channels.Select((channels, block) => Values.Uniform(3 * channels, 40 + (ulong)block))],
            [.. Enumerable.Range(0, layers).Select(layer => Values.Uniform(Inputs(layer), 50 + (ulong)layer))],
            [.. Channels.Select((channels, block) => Values.Uniform(channels, 60 + (ulong)block))]);
    }

    private static double[][,] Plain(Network network)
    {
        double[][,] features = [.. Enumerable.Range(0, Channels[0]).Select(channel => Plane(4, (y, x) => network.Constant[(channel * 16) + (y * 4) + x]))];
        double[][,]? image = null;
        for (int layer = 0; layer < network.Weights.Length; layer++)
        {
            features = [.. Enumerable.Range(0, Outputs(layer)).Select(output => Layer(network, layer, output, features))];
            if (layer % 2 == 0)
                image = [.. Enumerable.Range(0, 3).Select(colour => Colours(network, Block(layer), colour, features, image?[colour]))];
        }

        return image!;
    }

    private static double[,] Layer(Network network, int layer, int output, double[][,] features)
    {
        double[][,] kernels = [.. Enumerable.Range(0, features.Length).Select(input => Plane(3, (a, b) =>
            (double)network.LayerStyles[layer][input] * network.Weights[layer][(((output * features.Length) + input) * 9) + (3 * a) + b]))];
        double norm = Math.Sqrt(kernels.Sum(kernel => kernel.Cast<double>().Sum(weight => weight * weight)) + 1e-8);
        int side = 4 << Block(layer);
        return Plane(side, (y, x) =>
        {
            double sum = 0;
            for (int input = 0; input < features.Length; input++)
            {
                sum += layer % 2 == 0
                    ? Correlate(features[input], kernels[input], y - 1, x - 1)
                    : Correlate(Spread(features[input]), Compose(kernels[input]), y - 3, x - 3);
            }

            return Math.Sqrt(2) * Math.Max(0, (sum / norm) + network.Noise[layer][(y * side) + x] + network.Biases[layer][output]);
        });
    }

    private static double[,] Colours(Network network, int block, int colour, double[][,] features, double[,]? before)
    {
        double[,]? doubled = before is null ? null : Spread(before);
        double[,] filter = Plane(4, (a, b) => Filter[a] * Filter[b]);
        return Plane(4 << block, (y, x) =>
        {
            double sum = doubled is null ? 0 : Correlate(doubled, filter, y - 2, x - 2);
            for (int channel = 0; channel < features.Length; channel++)
                sum += features[channel][y, x] * network.ColourStyles[block][channel] * network.Colours[block][(colour * features.Length) + channel];
            return sum;
        });
    }

    // The kernel turned by half a turn, then the filter: one kernel of 6x6.
    private static double[,] Compose(double[,] kernel) => Plane(6, (y, x) =>
    {
        double sum = 0;
        for (int a = 0; a < 3; a++)
        {
            for (int b = 0; b < 3; b++)
            {
                if (y - a is >= 0 and < 4 && x - b is >= 0 and < 4)
                    sum += kernel[2 - a, 2 - b] * Filter[y - a] * Filter[x - b];
            }
        }

        return sum;
    });

    private static double[,] Spread(double[,] plane) =>
        Plane(2 * plane.GetLength(0), (y, x) => y % 2 == 0 && x % 2 == 0 ? plane[y / 2, x / 2] : 0);

    private static double Correlate(double[,] plane, double[,] kernel, int top, int left)
    {
        double sum = 0;
        for (int a = 0; a < kernel.GetLength(0); a++)
        {
            for (int b = 0; b < kernel.GetLength(1); b++)
            {
                if ((uint)(top + a) < plane.GetLength(0) && (uint)(left + b) < plane.GetLength(1))
                    sum += kernel[a, b] * plane[top + a, left + b];
            }
        }

        return sum;
    }

    private static double[,] Plane(int side, Func<int, int, double> value)
    {
        double[,] plane = new double[side, side];
        for (int i = 0; i < plane.Length; i++)
            plane[i / side, i % side] = value(i / side, i % side);
        return plane;
    }

    private static int Block(int layer) => (layer + 1) / 2;

    private static int Inputs(int layer) => Channels[layer / 2];

    private static int Outputs(int layer) => Channels[Block(layer)];

    private sealed record Network(
        float[] Constant, float[][] Weights, float[][] Biases, float[][] Noise, float[][] Colours, float[][] LayerStyles, float[][] ColourStyles);
}
