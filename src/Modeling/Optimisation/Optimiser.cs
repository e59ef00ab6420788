using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>AdamW over layer groups, with a state that can be saved and put back by parameter name.</summary>
internal sealed class Optimiser : IDisposable
{
    private readonly IReadOnlyList<LayerGroup> _groups;
    private readonly AdamW _adam;
    private readonly double? _clipNorm;

    public Optimiser(IReadOnlyList<LayerGroup> groups, OptimiserSettings settings)
    {
        (_groups, _clipNorm) = (groups, settings.ClipNorm);
        _adam = optim.AdamW(groups.Select(group => new AdamW.ParamGroup(
            group.Members.Select(member => member.Parameter).ToArray(),
            beta1: settings.Beta1,
            beta2: settings.Beta2,
            eps: settings.Epsilon,
            weight_decay: group.WeightDecay)));
    }

    /// <summary>The state of every parameter, by name.</summary>
    public IReadOnlyList<(string Name, AdamW.State State)> States =>
    [
        .. _groups.SelectMany(group => group.Members)
            .Zip(_adam.state_dict().State, (member, state) => (member.Name, (AdamW.State)state)),
    ];

    /// <summary>Backward, then one update at a rate.</summary>
    public void Step(Tensor loss, double rate)
    {
        _adam.zero_grad();
        loss.backward();
        if (_clipNorm is { } limit)
            nn.utils.clip_grad_norm_(_groups.SelectMany(group => group.Members.Select(member => member.Parameter)), limit);

        foreach ((optim.ILearningRateController controller, LayerGroup group) in _adam.ParamGroups.Zip(_groups))
            controller.LearningRate = rate * group.Scale;
        using Tensor? unused = _adam.step();
    }

    public void Dispose() => _adam.Dispose();
}
