using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>What all convolutions have in common.</summary>
public abstract class Convolution : Module<Tensor, Tensor>
{
    [ComponentName(Name = nameof(weight))]
    private Parameter? _weight;

    [ComponentName(Name = nameof(bias))]
    private Parameter? _bias;

    private protected Convolution(
        string name, long in_channels, long out_channels, long[] kernel_size, long[] stride, long[] padding, long[] dilation,
        long groups, bool bias, Device? device, ScalarType? dtype)
        : base(name)
    {
        this.in_channels = in_channels;
        this.out_channels = out_channels;
        this.kernel_size = kernel_size;
        this.stride = stride;
        this.padding = padding;
        this.dilation = dilation;
        this.groups = groups;
        weight = empty([out_channels, in_channels / groups, .. kernel_size], dtype, device).AsParameter();
        if (bias)
            this.bias = empty(out_channels, dtype, device).AsParameter();
        reset_parameters();
    }

    /// <summary>Channels of the input.</summary>
    public long in_channels { get; }

    /// <summary>Channels of the result.</summary>
    public long out_channels { get; }

    /// <summary>The window's lengths.</summary>
    public long[] kernel_size { get; set; }

    /// <summary>The steps between windows.</summary>
    public long[] stride { get; set; }

    /// <summary>The zeros put around the input.</summary>
    public long[]? padding { get; private set; }

    /// <summary>The steps within a window.</summary>
    public long[] dilation { get; set; }

    /// <summary>How many parts of the channels are kept apart.</summary>
    public long groups { get; set; }

    /// <summary>The filters, of shape [out, in / groups, window].</summary>
    public Parameter weight
    {
        get => _weight!;
        set => Own(nameof(weight), ref _weight, value);
    }

    /// <summary>One shift per channel of the result, or null.</summary>
    public Parameter? bias
    {
        get => _bias;
        set => Own(nameof(bias), ref _bias, value);
    }

    /// <summary>Uniform values within bounds set by the size of the window.</summary>
    public void reset_parameters()
    {
        init.kaiming_uniform_(weight, Math.Sqrt(5));
        var (fanIn, _) = init.CalculateFanInAndFanOut(weight);
        var bound = fanIn > 0 ? 1 / Math.Sqrt(fanIn) : 0;
        if (_bias is not null)
            init.uniform_(_bias, -bound, bound);
    }
}

/// <summary>A convolution over two dimensions.</summary>
public sealed class Conv2d : Convolution
{
    internal Conv2d(
        long in_channels, long out_channels, long[] kernel_size, long[] stride, long[] padding, long[] dilation,
        long groups, bool bias, Device? device, ScalarType? dtype)
        : base(nameof(Conv2d), in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, device, dtype)
    {
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => functional.conv2d(input, weight, bias, stride, padding, dilation, groups);
}

/// <summary>A convolution over three dimensions.</summary>
public sealed class Conv3d : Convolution
{
    internal Conv3d(
        long in_channels, long out_channels, long[] kernel_size, long[] stride, long[] padding, long[] dilation,
        long groups, bool bias, Device? device, ScalarType? dtype)
        : base(nameof(Conv3d), in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, device, dtype)
    {
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => functional.conv3d(input, weight, bias, stride, padding, dilation, groups);
}
