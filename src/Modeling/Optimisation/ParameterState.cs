using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>What an optimiser remembers of one parameter, in a form that any checkpoint can hold.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Moments">The running means, of the parameter's shape, by the names that PyTorch gives them.</param>
/// <param name="Steps">Gets and sets the number of updates, where the optimiser counts them.</param>
internal sealed record ParameterState(string Name, IReadOnlyList<(string Name, Tensor Values)> Moments, StepCount? Steps)
{
    /// <summary>AdamW's: two running means and the count that corrects their bias.</summary>
    public static ParameterState Of(string name, AdamW.State state) => new(
        name,
        [("exp_avg", state.exp_avg), ("exp_avg_sq", state.exp_avg_sq)],
        new StepCount(() => state.step, value => state.step = value));

    /// <summary>SGD's: the momentum, nothing (zeros) before the first update.</summary>
    public static ParameterState Of(string name, Parameter parameter, SGD.State state)
    {
        state.momentum_buffer ??= zeros_like(parameter).DetachFromDisposeScope();
        return new(name, [("momentum_buffer", state.momentum_buffer)], null);
    }
}

/// <summary>A number of updates inside an optimiser.</summary>
internal sealed record StepCount(Func<long> Get, Action<long> Set);
