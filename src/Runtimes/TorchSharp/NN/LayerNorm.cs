using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>Mean 0 and variance 1 over the last dimensions, then scaled and shifted.</summary>
public sealed class LayerNorm : Module<Tensor, Tensor>
{
    [ComponentName(Name = nameof(weight))]
    private Parameter? _weight;

    [ComponentName(Name = nameof(bias))]
    private Parameter? _bias;

    internal LayerNorm(long[] normalized_shape, double eps, bool elementwise_affine, bool bias, Device? device, ScalarType? dtype)
        : base(nameof(LayerNorm))
    {
        this.normalized_shape = normalized_shape;
        this.eps = eps;
        this.elementwise_affine = elementwise_affine;
        if (elementwise_affine)
            weight = Parameter(empty(normalized_shape, dtype, device));
        if (elementwise_affine && bias)
            this.bias = Parameter(empty(normalized_shape, dtype, device));
        reset_parameters();
    }

    /// <summary>The dimensions normalised over.</summary>
    public long[] normalized_shape { get; set; }

    /// <summary>Added to the variance.</summary>
    public double eps { get; set; }

    /// <summary>Whether there is a scale.</summary>
    public bool elementwise_affine { get; set; }

    /// <summary>The scale.</summary>
    public Parameter weight
    {
        get => _weight!;
        set => Own(nameof(weight), ref _weight, value);
    }

    /// <summary>The shift, or null.</summary>
    public Parameter? bias
    {
        get => _bias;
        set => Own(nameof(bias), ref _bias, value);
    }

    /// <summary>Scale 1, shift 0.</summary>
    public void reset_parameters()
    {
        if (_weight is not null)
            init.ones_(_weight);
        if (_bias is not null)
            init.zeros_(_bias);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => functional.layer_norm(input, normalized_shape, _weight, _bias, eps);
}
