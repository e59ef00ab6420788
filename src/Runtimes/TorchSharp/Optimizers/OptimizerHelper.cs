using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

/// <summary>What all optimisers do alike.</summary>
public abstract class OptimizerHelper : Optimizer
{
    /// <summary>Options of groups that name none.</summary>
    protected OptimizerOptions _defaults = null!;

    /// <summary>What is remembered of each parameter.</summary>
    protected OrderedDict<IntPtr, OptimizerState> _state = new();

    /// <summary>Options of all groups and states of all parameters; not copies.</summary>
    public virtual StateDictionary state_dict()
    {
        var result = new StateDictionary();
        foreach (var group in _parameter_groups)
        {
            result.Options.Add(group.Options);
            var places = new List<int>();
            result.StateIndexRef.Add(places);
            foreach (var parameter in group.Parameters)
            {
                places.Add(result.State.Count);
                result.State.Add(_state[parameter.Handle]);
            }
        }

        return result;
    }

    /// <summary>Takes up the options and states of an optimiser of the same groups.</summary>
    public virtual void load_state_dict(StateDictionary state_dict)
    {
        var own = this.state_dict();
        Require(state_dict.Options.Count, own.Options.Count, "parameter groups");
        Require(state_dict.State.Count, own.State.Count, "states");
        foreach (var (mine, theirs) in own.Options.Zip(state_dict.Options))
        {
            if (!ReferenceEquals(mine, theirs))
                mine.LoadStateDict(theirs);
        }

        foreach (var (mine, theirs) in own.State.Zip(state_dict.State))
        {
            if (!ReferenceEquals(mine, theirs))
                mine.LoadStateDict(theirs);
        }
    }

    /// <summary>Moves what is remembered to a device.</summary>
    public void to(Device device)
    {
        foreach (var state in _state.Values)
            state.to(device);
    }

    /// <summary>Runs a closure with gradients, then a body for each group without them.</summary>
    protected Tensor? _step<T>(Action<T> body, Func<Tensor>? loss_closure = null) where T : ParamGroup
    {
        Tensor? loss = null;
        if (loss_closure is not null)
        {
            using var recording = enable_grad();
            loss = loss_closure();
        }

        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        foreach (var group in _parameter_groups)
            body((T)group);
        return loss;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        foreach (var state in _state.Values)
            (state as IDisposable)?.Dispose();
        _state.Clear();
    }

    private protected void Remember(Parameter parameter, OptimizerState state, OptimizerOptions options)
    {
        _state[parameter.Handle] = state;
        state.Initialize(options);
    }

    private protected static void Require(bool holds, string message)
    {
        if (!holds)
            throw new ArgumentException(message);
    }

    private static void Require(int given, int expected, string what)
    {
        if (given != expected)
            throw new ArgumentException($"Invalid optimizer state -- different number of {what}.");
    }
}

/// <summary>Options of a group.</summary>
public class OptimizerOptions
{
    /// <summary>The rate now.</summary>
    public double? LearningRate { get; set; }

    /// <summary>The rate at the start.</summary>
    public double InitialLearningRate { get; set; }

    /// <summary>Takes up other options.</summary>
    public virtual void LoadStateDict(OptimizerOptions source)
    {
        InitialLearningRate = source.InitialLearningRate;
        LearningRate = source.LearningRate;
    }
}

/// <summary>What is remembered of a parameter.</summary>
public abstract class OptimizerState
{
    /// <summary>The parameter.</summary>
    protected Parameter _parameter;

    /// <summary>Remembers nothing yet.</summary>
    protected OptimizerState(Parameter parameter) => _parameter = parameter;

    /// <summary>Takes up another state.</summary>
    public abstract void LoadStateDict(OptimizerState source);

    /// <summary>Starts from nothing.</summary>
    public abstract void Initialize(OptimizerOptions options);

    /// <summary>Whether another state is close.</summary>
    public virtual bool ApproximatelyEquals(OptimizerState other) => false;

    /// <summary>Moves what is remembered to a device.</summary>
    public virtual void to(Device device)
    {
    }

    /// <summary>A copy on the parameter's device that no scope disposes.</summary>
    private protected Tensor? Copied(Tensor? source) => source?.to(_parameter.device, copy: true).DetachFromDisposeScope();
}

/// <summary>Parameters with options of their own.</summary>
public class ParamGroup : ILearningRateController
{
    /// <summary>The parameters.</summary>
    public IEnumerable<Parameter> Parameters { get; set; } = null!;

    /// <summary>The options.</summary>
    public OptimizerOptions Options { get; set; } = null!;

    /// <summary>The rate now.</summary>
    public double LearningRate
    {
        get => Options.LearningRate!.Value;
        set => Options.LearningRate = value;
    }

    /// <summary>The rate at the start.</summary>
    public double InitialLearningRate
    {
        get => Options.InitialLearningRate;
        set => Options.InitialLearningRate = value;
    }
}

/// <summary>Parameters with options of a known type.</summary>
public class ParamGroup<TOptions> : ParamGroup where TOptions : OptimizerOptions
{
    /// <summary>An empty group.</summary>
    public ParamGroup()
    {
    }

    /// <summary>A group; options left out are the optimiser's.</summary>
    public ParamGroup(IEnumerable<Parameter> parameters, TOptions? options = null)
    {
        Parameters = parameters;
        Options = options!;
    }

    /// <summary>The options.</summary>
    public new TOptions Options
    {
        get => (TOptions)base.Options;
        set => base.Options = value;
    }
}
