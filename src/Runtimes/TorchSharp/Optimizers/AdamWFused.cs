using TorchSharp.PInvoke;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>One step of AdamW for all parameters of a group in one pass over memory.</summary>
internal sealed class AdamWFused
{
    private static readonly Op _step = new("unreel::adamw_");

    private readonly List<Tensor> _parameters = [], _gradients = [], _means = [], _squares = [];
    private readonly List<long> _steps = [];

    /// <summary>Whether the native library has it.</summary>
    internal static bool Exists { get; } = _step.Exists;

    internal void Add(Parameter parameter, Tensor gradient, AdamW.State state)
    {
        _parameters.Add(parameter);
        _gradients.Add(gradient);
        _means.Add(state.exp_avg);
        _squares.Add(state.exp_avg_sq);
        _steps.Add(state.step);
    }

    internal void Apply(AdamStep rule)
    {
        if (_parameters.Count > 0)
            _step.Do(_parameters.ToArray(), _gradients.ToArray(), _means.ToArray(), _squares.ToArray(), _steps.ToArray(), rule.Rate, rule.Beta1, rule.Beta2, rule.Epsilon, rule.Decay);
    }
}
