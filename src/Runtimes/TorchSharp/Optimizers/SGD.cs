using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

/// <summary>Steps down the gradient, with momentum.</summary>
public partial class SGD : OptimizerHelper, IMomentum
{
    /// <summary>One group of parameters.</summary>
    public SGD(
        IEnumerable<Parameter> parameters, double lr, double momentum = 0.0, double dampening = 0, double weight_decay = 0,
        bool nesterov = false, bool maximize = false)
        : this([new ParamGroup { Parameters = parameters }], lr, momentum, dampening, weight_decay, nesterov, maximize)
    {
    }

    /// <summary>Several groups; options they leave out are these.</summary>
    public SGD(
        IEnumerable<ParamGroup> parameters, double lr, double momentum = 0.0, double dampening = 0, double weight_decay = 0,
        bool nesterov = false, bool maximize = false)
    {
        Require(lr >= 0, $"Invalid learning rate: {lr}");
        Require(momentum >= 0, $"Invalid momentum value: {momentum}");
        Require(dampening >= 0, $"Invalid dampening value: {dampening}");
        Require(weight_decay >= 0, $"Invalid weight_decay value: {weight_decay}");
        Require(!nesterov || (momentum > 0 && dampening == 0), "Nesterov momentum requires a momentum and zero dampening");
        _defaults = new Options
        {
            LearningRate = lr,
            InitialLearningRate = lr,
            momentum = momentum,
            dampening = dampening,
            weight_decay = weight_decay,
            nesterov = nesterov,
            maximize = maximize,
        };
        foreach (var group in parameters)
            add_param_group(group);
    }

    /// <summary>The momentum of groups added later.</summary>
    public double Momentum
    {
        get => ((Options)_defaults).momentum!.Value;
        set => ((Options)_defaults).momentum = value;
    }

    /// <inheritdoc/>
    public override Tensor? step(Func<Tensor>? closure = null) => _step<ParamGroup>(Update, closure);

    /// <inheritdoc/>
    public override void add_param_group(Modules.ParamGroup param_group)
    {
        param_group.Options ??= new Options();
        var options = (Options)param_group.Options;
        options.Complete((Options)_defaults);
        _parameter_groups.Add(param_group);
        foreach (var parameter in param_group.Parameters)
            Remember(parameter, new State(parameter), options);
    }

    private void Update(ParamGroup group)
    {
        var rate = group.Options.LearningRate!.Value;
        foreach (var parameter in group.Parameters)
        {
            if (parameter.grad is { } grad)
                parameter.add_(Direction(parameter, grad, group.Options), group.Options.maximize!.Value ? rate : -rate);
        }
    }

    private Tensor Direction(Parameter parameter, Tensor grad, Options options)
    {
        if (options.weight_decay != 0)
            grad = grad.add(parameter, options.weight_decay!.Value);
        if (options.momentum == 0)
            return grad;
        var state = (State)_state[parameter.Handle];
        if (state.momentum_buffer is null)
            state.momentum_buffer = grad.clone().DetachFromDisposeScope();
        else
            state.momentum_buffer.mul_((Scalar)options.momentum!.Value).add_(grad, 1 - options.dampening!.Value);
        return options.nesterov!.Value ? grad.add(state.momentum_buffer, options.momentum!.Value) : state.momentum_buffer;
    }

    /// <summary>What is remembered of a parameter.</summary>
    public sealed class State : OptimizerState, IDisposable
    {
        /// <summary>The last step.</summary>
        public Tensor? momentum_buffer;

        /// <summary>Remembers nothing yet.</summary>
        public State(Parameter parameter)
            : base(parameter)
        {
        }

        /// <inheritdoc/>
        public void Dispose() => momentum_buffer?.Dispose();

        /// <inheritdoc/>
        public override void to(Device device) => momentum_buffer = momentum_buffer?.to(device).DetachFromDisposeScope();

        /// <inheritdoc/>
        public override void LoadStateDict(OptimizerState source)
        {
            momentum_buffer?.Dispose();
            momentum_buffer = Copied(((State)source).momentum_buffer);
        }

        /// <inheritdoc/>
        public override void Initialize(OptimizerOptions options)
        {
            momentum_buffer?.Dispose();
            momentum_buffer = null;
        }
    }

    /// <summary>Options of a group.</summary>
    public class Options : OptimizerOptions
    {
        /// <summary>The weight of the last step.</summary>
        public double? momentum;

        /// <summary>How much less a gradient counts in the momentum.</summary>
        public double? dampening;

        /// <summary>How fast parameters shrink.</summary>
        public double? weight_decay;

        /// <summary>Whether to look ahead by the momentum.</summary>
        public bool? nesterov;

        /// <summary>Whether to climb.</summary>
        public bool? maximize;

        /// <inheritdoc/>
        public override void LoadStateDict(OptimizerOptions source)
        {
            base.LoadStateDict(source);
            var other = (Options)source;
            (momentum, dampening, weight_decay) = (other.momentum, other.dampening, other.weight_decay);
            (nesterov, maximize) = (other.nesterov, other.maximize);
        }

        internal void Complete(Options defaults)
        {
            LearningRate ??= defaults.LearningRate;
            momentum ??= defaults.momentum;
            dampening ??= defaults.dampening;
            weight_decay ??= defaults.weight_decay;
            nesterov ??= defaults.nesterov;
            maximize ??= defaults.maximize;
            InitialLearningRate = LearningRate!.Value;
        }
    }

    /// <summary>Parameters with options of their own.</summary>
    public class ParamGroup : ParamGroup<Options>, IMomentum
    {
        /// <summary>An empty group.</summary>
        public ParamGroup()
        {
        }

        /// <summary>A group; options left out are the optimiser's.</summary>
        public ParamGroup(IEnumerable<Parameter> parameters, Options options)
            : base(parameters, options)
        {
        }

        /// <summary>A group with all options.</summary>
        public ParamGroup(
            IEnumerable<Parameter> parameters, double lr = 1e-3, double momentum = 0.0, double dampening = 0,
            double weight_decay = 0, bool nesterov = false, bool maximize = false)
            : base(parameters, new Options
            {
                LearningRate = lr,
                momentum = momentum,
                dampening = dampening,
                weight_decay = weight_decay,
                nesterov = nesterov,
                maximize = maximize,
            })
        {
        }

        /// <summary>The weight of the last step.</summary>
        public double Momentum
        {
            get => Options.momentum!.Value;
            set => Options.momentum = value;
        }
    }
}
