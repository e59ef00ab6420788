using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>A module with nothing to learn, move or save.</summary>
public abstract class ParameterLessModule<T1, TResult> : Module<T1, TResult>
{
    /// <summary>Gives the module a name.</summary>
    protected ParameterLessModule(string name)
        : base(name)
    {
    }

    /// <inheritdoc/>
    protected internal override Module _to(Device device, ScalarType dtype, bool non_blocking) => this;

    /// <inheritdoc/>
    protected internal override Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) => this;

    /// <inheritdoc/>
    protected internal override Module _to(ScalarType dtype, bool non_blocking) => this;
}

/// <summary>Sets elements to zero at random in training, and scales the others up.</summary>
public sealed class Dropout : ParameterLessModule<Tensor, Tensor>
{
    internal Dropout(double p, bool inplace)
        : base(nameof(Dropout))
    {
        this.p = p;
        this.inplace = inplace;
    }

    /// <summary>Whether the input itself is changed.</summary>
    public bool inplace { get; set; }

    /// <summary>The probability of zero.</summary>
    public double p { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => functional.dropout(input, p, training, inplace);
}

/// <summary>The Gaussian error linear unit.</summary>
public sealed class GELU : ParameterLessModule<Tensor, Tensor>
{
    /// <summary>How the error function is computed.</summary>
    public enum Approximate
    {
        /// <summary>Exactly.</summary>
        none,

        /// <summary>Through a hyperbolic tangent.</summary>
        tanh,
    }

    internal GELU(bool inplace, Approximate approximate = Approximate.none)
        : base(nameof(GELU))
    {
        this.inplace = inplace;
        this.approximate = approximate;
    }

    /// <summary>Whether the input itself is changed.</summary>
    public bool inplace { get; set; }

    /// <summary>How the error function is computed.</summary>
    public Approximate approximate { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => functional.gelu(input, approximate, inplace);
}

/// <summary>The positive part.</summary>
public sealed class ReLU : ParameterLessModule<Tensor, Tensor>
{
    internal ReLU(bool inplace)
        : base(nameof(ReLU)) => this.inplace = inplace;

    /// <summary>Whether the input itself is changed.</summary>
    public bool inplace { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => functional.relu(input, inplace);
}

/// <summary>The sigmoid linear unit.</summary>
public sealed class SiLU : ParameterLessModule<Tensor, Tensor>
{
    internal SiLU()
        : base(nameof(SiLU))
    {
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => input.silu();
}

/// <summary>Exponentials that sum to one along a dimension.</summary>
public sealed class Softmax : ParameterLessModule<Tensor, Tensor>
{
    internal Softmax(long dim)
        : base(nameof(Softmax)) => this.dim = dim;

    /// <summary>The dimension.</summary>
    public long dim { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => functional.softmax(input, dim);
}

/// <summary>Gives its input back.</summary>
public sealed class Identity : ParameterLessModule<Tensor, Tensor>
{
    internal Identity()
        : base(nameof(Identity))
    {
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => input.alias();
}

/// <summary>Joins dimensions into one.</summary>
public sealed class Flatten : ParameterLessModule<Tensor, Tensor>
{
    internal Flatten(long start_dim, long end_dim)
        : base(nameof(Flatten))
    {
        this.start_dim = start_dim;
        this.end_dim = end_dim;
    }

    /// <summary>The first dimension joined.</summary>
    public long start_dim { get; set; }

    /// <summary>The last dimension joined.</summary>
    public long end_dim { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => input.flatten(start_dim, end_dim);
}
