using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Optimisers and schedules of their learning rates.</summary>
    public static partial class optim
    {
        /// <summary>Changes parameters by their gradients.</summary>
        public abstract partial class Optimizer : IDisposable
        {
            /// <summary>The parameters in groups with options of their own.</summary>
            protected IList<ParamGroup> _parameter_groups = [];

            /// <summary>The groups, as schedules see them.</summary>
            public virtual IEnumerable<ILearningRateController> ParamGroups => _parameter_groups;

            /// <summary>Changes all parameters once; a closure computes the loss first.</summary>
            public abstract Tensor? step(Func<Tensor>? closure = null);

            /// <summary>Sets all gradients to zero.</summary>
            public virtual void zero_grad()
            {
                foreach (var parameter in parameters())
                {
                    using var grad = parameter.grad;
                    grad?.zero_();
                }
            }

            /// <summary>All parameters of all groups.</summary>
            public virtual IEnumerable<Parameter> parameters() => _parameter_groups.SelectMany(group => group.Parameters);

            /// <summary>Adds parameters with options of their own.</summary>
            public virtual void add_param_group(ParamGroup param_group) => _parameter_groups.Add(param_group);

            /// <inheritdoc/>
            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Disposes what the optimiser remembers; parameters stay.</summary>
            protected virtual void Dispose(bool disposing)
            {
            }

            /// <summary>Options of all groups and states of all parameters; not copies.</summary>
            public class StateDictionary
            {
                internal StateDictionary()
                {
                }

                /// <summary>The options, one for each group.</summary>
                public List<OptimizerOptions> Options { get; private set; } = [];

                /// <summary>The states, one for each parameter, in the groups' order.</summary>
                public List<OptimizerState> State { get; private set; } = [];

                /// <summary>For each group, where its parameters' states are.</summary>
                public List<List<int>> StateIndexRef { get; private set; } = [];
            }
        }

        /// <summary>What schedules change.</summary>
        public interface ILearningRateController
        {
            /// <summary>The rate now.</summary>
            double LearningRate { get; set; }

            /// <summary>The rate at the start.</summary>
            double InitialLearningRate { get; set; }
        }

        /// <summary>Something with a momentum.</summary>
        public interface IMomentum
        {
            /// <summary>The weight of the last step.</summary>
            double Momentum { get; set; }
        }

        /// <summary>Something with two decay rates of running means.</summary>
        public interface IBetas
        {
            /// <summary>The rates of the gradient's and of its square's mean.</summary>
            (double, double) Betas { get; set; }
        }
    }
}
