using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>Running statistics, scale and shift of normalisations over a batch.</summary>
public abstract class NormBase : Module<Tensor, Tensor>
{
    [ComponentName(Name = nameof(weight))]
    private Parameter? _weight;

    [ComponentName(Name = nameof(bias))]
    private Parameter? _bias;

    [ComponentName(Name = nameof(running_mean))]
    private Tensor? _running_mean;

    [ComponentName(Name = nameof(running_var))]
    private Tensor? _running_var;

    [ComponentName(Name = nameof(num_batches_tracked))]
    private Tensor? _num_batches_tracked;

    private protected NormBase(
        long num_features, double eps, double? momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype, string name)
        : base(name)
    {
        this.num_features = num_features;
        this.eps = eps;
        this.momentum = momentum;
        this.affine = affine;
        this.track_running_stats = track_running_stats;
        if (affine)
        {
            weight = Parameter(ones(num_features, dtype, device));
            bias = Parameter(zeros(num_features, dtype, device));
        }

        if (!track_running_stats)
            return;
        running_mean = zeros(num_features, dtype, device);
        running_var = ones(num_features, dtype, device);
        num_batches_tracked = tensor(0L, device);
    }

    /// <summary>How many features.</summary>
    public long num_features { get; private set; }

    /// <summary>Added to the variance.</summary>
    public double eps { get; set; }

    /// <summary>The weight of a new batch in the running statistics; null averages over all batches.</summary>
    public double? momentum { get; set; }

    /// <summary>Whether there are a scale and a shift.</summary>
    public bool affine { get; private set; }

    /// <summary>Whether statistics are kept for evaluation.</summary>
    public bool track_running_stats { get; private set; }

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

    /// <summary>The running mean.</summary>
    public Tensor? running_mean
    {
        get => _running_mean;
        set => Own(nameof(running_mean), ref _running_mean, value);
    }

    /// <summary>The running variance.</summary>
    public Tensor? running_var
    {
        get => _running_var;
        set => Own(nameof(running_var), ref _running_var, value);
    }

    /// <summary>How many batches the running statistics have seen.</summary>
    public Tensor? num_batches_tracked
    {
        get => _num_batches_tracked;
        set => Own(nameof(num_batches_tracked), ref _num_batches_tracked, value);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        ValidateInputDimensions(input);
        var factor = momentum ?? 0.0;
        if (training && _num_batches_tracked is not null)
        {
            _num_batches_tracked.add_(1);
            factor = momentum ?? 1.0 / _num_batches_tracked.ToDouble();
        }

        var tracked = !training || track_running_stats;
        return functional.batch_norm(
            input, tracked ? _running_mean : null, tracked ? _running_var : null, _weight, _bias,
            training || _running_mean is null, factor, eps);
    }

    /// <summary>Throws unless the input has dimensions this module takes.</summary>
    protected abstract void ValidateInputDimensions(Tensor input);
}

/// <summary>A normalisation over a batch.</summary>
public abstract class BatchNorm : NormBase
{
    private protected BatchNorm(
        long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype, string name)
        : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, name)
    {
    }
}

/// <summary>A normalisation over a batch of vectors or rows of them.</summary>
public sealed class BatchNorm1d : BatchNorm
{
    internal BatchNorm1d(
        long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype)
        : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, nameof(BatchNorm1d))
    {
    }

    /// <inheritdoc/>
    protected override void ValidateInputDimensions(Tensor input)
    {
        if (input.ndim is not (2 or 3))
            throw new ArgumentException($"expected 2D or 3D input, but got {input.ndim}D input.");
    }
}
