using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>AdamW or SGD over layer groups, with a state that can be saved and put back by parameter name.</summary>
internal sealed class Optimiser : IDisposable
{
    private readonly IReadOnlyList<LayerGroup> _groups;
    private readonly OptimizerHelper _inner;
    private readonly double? _clipNorm;

    public Optimiser(IReadOnlyList<LayerGroup> groups, OptimiserSettings settings)
    {
        (_groups, _clipNorm) = (groups, settings.ClipNorm);
        _inner = settings.Kind == OptimiserKind.Sgd ? Sgd(groups, settings) : AdamW(groups, settings);
        States = [.. Members.Zip(_inner.state_dict().State, State)];
    }

    /// <summary>The state of every parameter.</summary>
    public IReadOnlyList<ParameterState> States { get; }

    /// <summary>The parameters that are updated, in the order of their states.</summary>
    public IEnumerable<Tensor> Parameters => Members.Select(member => (Tensor)member.Parameter);

    private IEnumerable<(string Name, Parameter Parameter)> Members => _groups.SelectMany(group => group.Members);

    /// <summary>Forgets the gradients; the losses of the next step add up to new ones.</summary>
    public void Clear()
    {
        // Gradients that are gone cost nothing to begin anew; ones set to zero are written, read and added to.
        foreach ((_, Parameter parameter) in Members)
            parameter.grad = null;
    }

    /// <summary>Updates the parameters by the gradients there are.</summary>
    /// <param name="rate">The schedule's learning rate.</param>
    /// <returns>The norm of all gradients together before they were scaled down, or null where there is no limit to it.</returns>
    public double? Step(double rate)
    {
        double? norm = _clipNorm is { } limit ? nn.utils.clip_grad_norm_(Members.Select(member => member.Parameter), limit) : null;
        foreach ((optim.ILearningRateController controller, LayerGroup group) in _inner.ParamGroups.Zip(_groups))
            controller.LearningRate = rate * group.Scale;
        using Tensor? unused = _inner.step();
        return norm;
    }

    public void Dispose() => _inner.Dispose();

    private static AdamW AdamW(IReadOnlyList<LayerGroup> groups, OptimiserSettings settings) => optim.AdamW(groups.Select(group => new AdamW.ParamGroup(
        Own(group),
        beta1: settings.Beta1,
        beta2: settings.Beta2,
        eps: settings.Epsilon,
        weight_decay: group.WeightDecay)));

    private static SGD Sgd(IReadOnlyList<LayerGroup> groups, OptimiserSettings settings) => optim.SGD(
        groups.Select(group => new SGD.ParamGroup(Own(group), momentum: settings.Momentum, weight_decay: group.WeightDecay)),
        learningRate: 0);

    private static Parameter[] Own(LayerGroup group) => [.. group.Members.Select(member => member.Parameter)];

    private static ParameterState State((string Name, Parameter Parameter) member, OptimizerState state) => state switch
    {
        AdamW.State adam => ParameterState.Of(member.Name, adam),
        SGD.State sgd => ParameterState.Of(member.Name, member.Parameter, sgd),
        _ => throw new InvalidOperationException($"No checkpoint can hold a {state.GetType()}."),
    };
}
