using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>Moves values between tensors and arrays.</summary>
internal static class Parameters
{
    private const string MaskToken = "mask_token";

    /// <summary>Overwrites a tensor's values in place; parameters stay the parameters that an optimiser knows.</summary>
    public static void Set(Tensor target, float[] values)
    {
        using DisposeScope scope = NewDisposeScope();
        using (no_grad())
            target.copy_(tensor(values, target.shape));
    }

    /// <summary>A copy of a tensor's values, row-major.</summary>
    public static float[] Get(Tensor source)
    {
        using DisposeScope scope = NewDisposeScope();
        return source.detach().cpu().contiguous().data<float>().ToArray();
    }

    /// <summary>Whether a parameter is a mask token, of a decoder or of a regressor.</summary>
    public static bool IsMaskToken(string name) => name == MaskToken || name.EndsWith($".{MaskToken}", StringComparison.Ordinal);

    /// <summary>Every parameter with its name, in the module's order.</summary>
    public static IReadOnlyList<(string Name, Parameter Parameter)> Of(nn.Module module) => [.. module.named_parameters()];
}
