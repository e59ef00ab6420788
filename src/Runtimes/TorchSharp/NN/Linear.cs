using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>x A^T + b.</summary>
public sealed class Linear : Module<Tensor, Tensor>
{
    [ComponentName(Name = nameof(weight))]
    private Parameter? _weight;

    [ComponentName(Name = nameof(bias))]
    private Parameter? _bias;

    internal Linear(Parameter weight, Parameter? bias)
        : base(nameof(Linear))
    {
        in_features = weight.shape[1];
        out_features = weight.shape[0];
        this.weight = weight;
        this.bias = bias;
    }

    internal Linear(long inputSize, long outputSize, bool hasBias, Device? device, ScalarType? dtype)
        : this(empty(outputSize, inputSize, dtype, device).AsParameter(), hasBias ? empty(outputSize, dtype, device).AsParameter() : null)
    {
        init.kaiming_uniform_(weight, Math.Sqrt(5));
        var bound = inputSize > 0 ? 1 / Math.Sqrt(inputSize) : 0;
        if (_bias is not null)
            init.uniform_(_bias, -bound, bound);
    }

    /// <summary>Length of the input's last dimension.</summary>
    public long in_features { get; set; }

    /// <summary>Length of the result's last dimension.</summary>
    public long out_features { get; set; }

    /// <summary>A, of shape [out, in].</summary>
    public Parameter weight
    {
        get => _weight!;
        set => Own(nameof(weight), ref _weight, value);
    }

    /// <summary>b, of shape [out], or null.</summary>
    public Parameter? bias
    {
        get => _bias;
        set => Own(nameof(bias), ref _bias, value);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => functional.linear(input, weight, bias);
}
