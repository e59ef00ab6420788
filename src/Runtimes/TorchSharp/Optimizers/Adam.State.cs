using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

public partial class Adam
{
    /// <summary>What is remembered of a parameter.</summary>
    public sealed class State : OptimizerState, IDisposable
    {
        /// <summary>How many steps were taken.</summary>
        public long step;

        /// <summary>The running mean of the gradient.</summary>
        public Tensor exp_avg = null!;

        /// <summary>The running mean of the gradient's square.</summary>
        public Tensor exp_avg_sq = null!;

        /// <summary>The largest such mean so far, under AMSGrad.</summary>
        public Tensor? max_exp_avg_sq;

        /// <summary>Remembers nothing yet.</summary>
        public State(Parameter parameter)
            : base(parameter)
        {
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            exp_avg?.Dispose();
            exp_avg_sq?.Dispose();
            max_exp_avg_sq?.Dispose();
        }

        /// <inheritdoc/>
        public override void to(Device device)
        {
            exp_avg = exp_avg.to(device).DetachFromDisposeScope();
            exp_avg_sq = exp_avg_sq.to(device).DetachFromDisposeScope();
            max_exp_avg_sq = max_exp_avg_sq?.to(device).DetachFromDisposeScope();
        }

        /// <inheritdoc/>
        public override void LoadStateDict(OptimizerState source)
        {
            var other = (State)source;
            Dispose();
            step = other.step;
            exp_avg = Copied(other.exp_avg)!;
            exp_avg_sq = Copied(other.exp_avg_sq)!;
            max_exp_avg_sq = Copied(other.max_exp_avg_sq);
        }

        /// <inheritdoc/>
        public override bool ApproximatelyEquals(OptimizerState other) =>
            other is State state && step == state.step && exp_avg.allclose(state.exp_avg) && exp_avg_sq.allclose(state.exp_avg_sq);

        /// <inheritdoc/>
        public override void Initialize(OptimizerOptions options)
        {
            Dispose();
            step = 0;
            exp_avg = zeros_like(_parameter).DetachFromDisposeScope();
            exp_avg_sq = zeros_like(_parameter).DetachFromDisposeScope();
            max_exp_avg_sq = ((Options)options).amsgrad!.Value ? zeros_like(_parameter).DetachFromDisposeScope() : null;
        }
    }

    /// <summary>Options of a group.</summary>
    public class Options : OptimizerOptions
    {
        /// <summary>The decay rate of the gradient's mean.</summary>
        public double? beta1;

        /// <summary>The decay rate of the squared gradient's mean.</summary>
        public double? beta2;

        /// <summary>How fast parameters shrink.</summary>
        public double? weight_decay;

        /// <summary>Added to the denominator.</summary>
        public double? eps;

        /// <summary>Whether the largest squared mean so far is used.</summary>
        public bool? amsgrad;

        /// <summary>Whether to climb.</summary>
        public bool? maximize;

        /// <inheritdoc/>
        public override void LoadStateDict(OptimizerOptions source)
        {
            base.LoadStateDict(source);
            var other = (Options)source;
            (beta1, beta2, eps) = (other.beta1, other.beta2, other.eps);
            (weight_decay, amsgrad, maximize) = (other.weight_decay, other.amsgrad, other.maximize);
        }

        internal void Complete(Options defaults)
        {
            LearningRate ??= defaults.LearningRate;
            beta1 ??= defaults.beta1;
            beta2 ??= defaults.beta2;
            eps ??= defaults.eps;
            weight_decay ??= defaults.weight_decay;
            amsgrad ??= defaults.amsgrad;
            maximize ??= defaults.maximize;
            InitialLearningRate = LearningRate!.Value;
        }
    }

    /// <summary>Parameters with options of their own.</summary>
    public class ParamGroup : ParamGroup<Options>, IBetas
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
            IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
            double weight_decay = 0, bool amsgrad = false, bool maximize = false)
            : base(parameters, new Options
            {
                LearningRate = lr,
                beta1 = beta1,
                beta2 = beta2,
                eps = eps,
                weight_decay = weight_decay,
                amsgrad = amsgrad,
                maximize = maximize,
            })
        {
        }

        /// <summary>Both decay rates.</summary>
        public (double, double) Betas
        {
            get => (Options.beta1!.Value, Options.beta2!.Value);
            set => (Options.beta1, Options.beta2) = value;
        }
    }
}
