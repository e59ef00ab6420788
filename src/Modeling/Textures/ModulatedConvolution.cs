using TorchSharp;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>One layer of <see cref="UntrainedStylegan"/>.</summary>
internal sealed class ModulatedConvolution(int inputs, int outputs, int side, bool doubles) : IDisposable
{
    private const double Tiny = 1e-8;

    private static readonly float[] FilterLine = [.25f, .75f, .75f, .25f];

    private readonly Tensor? _filter = doubles ? Filter(outputs) : null;
    private Tensor? _weights;
    private Tensor? _energies;
    private Tensor? _biases;
    private Tensor? _noise;

    /// <summary>The kernel that follows zeros between pixels: [1, 3, 3, 1] / 4 in both directions, for each channel.</summary>
    public static Tensor Filter(int channels)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor line = tensor(FilterLine, [4, 1]);
        return line.matmul(line.transpose(0, 1)).expand(channels, 1, 4, 4).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>Sets weights [output, input, 3, 3], biases and noise.</summary>
    public void Set(float[] weights, float[]? biases, float[]? noise)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor given = tensor(weights, [outputs, inputs, 3, 3]);
        UntrainedStylegan.Replace(ref _energies, given.square().sum([2, 3]).DetachFromDisposeScope());
        // Transposed convolutions have their inputs first.
        UntrainedStylegan.Replace(ref _weights, (doubles ? given.transpose(0, 1).contiguous() : given).DetachFromDisposeScope());
        UntrainedStylegan.Replace(ref _biases, biases is null ? null : tensor(biases, [1, outputs, 1, 1]).DetachFromDisposeScope());
        UntrainedStylegan.Replace(ref _noise, noise is null ? null : tensor(noise, [1, 1, side, side]).DetachFromDisposeScope());
    }

    /// <summary>From features [1, inputs, height, width] to [1, outputs, side, side].</summary>
    public Tensor Apply(Tensor features, float[] styles)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor weights = UntrainedStylegan.Given(_weights);
        Tensor style = tensor(styles, [inputs, 1]);
        Tensor norms = _energies!.matmul(style.square()).add(Tiny).rsqrt();
        Tensor modulated = features * style.view(1, inputs, 1, 1);
        Tensor result = Convolve(modulated, weights).mul_(norms.view(1, outputs, 1, 1));
        if (_noise is not null)
            result.add_(_noise);
        if (_biases is not null)
            result.add_(_biases);
        return result.relu_().mul_(Math.Sqrt(2)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _filter?.Dispose();
        _weights?.Dispose();
        _energies?.Dispose();
        _biases?.Dispose();
        _noise?.Dispose();
    }

    private Tensor Convolve(Tensor features, Tensor weights)
    {
        if (_filter is null)
            return nn.functional.conv2d(features, weights, null, [1, 1], [1, 1]);

        // The spread grid has a side of 2 n + 1; the filter takes it to 2 n.
        Tensor spread = nn.functional.conv_transpose2d(features, weights, null, [2, 2]);
        return nn.functional.conv2d(spread, _filter, null, [1, 1], [1, 1], [1, 1], outputs);
    }
}
