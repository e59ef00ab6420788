using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>The type that matrix products compute in. Weights, their updates, the residual stream, norms and losses are floats either way.</summary>
public enum Precision
{
    /// <summary>Floats of 32 bits.</summary>
    Fp32,

    /// <summary>
    /// bfloat16: the range of floats with 8 bits of precision. Faster where the processor or the GPU has instructions for it
    /// (x86: avx512_bf16 or amx_bf16; NVIDIA: from Ampere on), slower elsewhere.
    /// </summary>
    Bf16,
}

/// <summary>A module whose products may be computed in another type than its parameters have.</summary>
internal interface IMixedPrecision
{
    /// <summary>The type of the products; float at first.</summary>
    ScalarType ComputeType { get; set; }
}

/// <summary>Computes products in a smaller type than the weights have: they are converted on the way, and gradients on the way back.</summary>
internal static class MixedPrecision
{
    /// <summary>Sets the type of the products of all modules of a network that know of it.</summary>
    public static void Apply(nn.Module network, Precision precision)
    {
        ScalarType type = precision == Precision.Bf16 ? ScalarType.BFloat16 : ScalarType.Float32;
        foreach (IMixedPrecision module in network.modules().Prepend(network).OfType<IMixedPrecision>())
            module.ComputeType = type;
    }

    /// <summary>
    /// A layer in another type than its weights'; the result has that type. Called inside a dispose scope. Floats run the layer
    /// itself, hooks and all.
    /// </summary>
    public static Tensor Run(Linear layer, Tensor x, ScalarType type) => type == ScalarType.Float32
        ? layer.call(x)
        : nn.functional.linear(x.to(type), layer.weight.to(type), layer.bias?.to(type));

    /// <summary>As <see cref="Run"/>, with a result in floats.</summary>
    public static Tensor Floats(Linear layer, Tensor x, ScalarType type) => Run(layer, x, type).to(ScalarType.Float32);
}
