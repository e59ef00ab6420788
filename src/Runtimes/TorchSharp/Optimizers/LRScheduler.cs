namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        /// <summary>Schedules of learning rates.</summary>
        public static partial class lr_scheduler
        {
            /// <summary>Sets the learning rates of an optimiser's groups, step by step.</summary>
            public abstract class LRScheduler
            {
                /// <summary>How many steps were taken.</summary>
                protected int _step_count;

                internal readonly Optimizer _optimizer = null!;
                internal readonly List<double> _base_lrs = [];
                internal int _last_epoch = -1;
                private readonly List<double> _last_lrs = [];
                private readonly bool _verbose;

                /// <summary>For schedules that keep rates elsewhere.</summary>
                protected LRScheduler()
                {
                }

                /// <summary>Schedules the rates of an optimiser.</summary>
                protected LRScheduler(Optimizer optimizer, int last_epoch = -1, bool verbose = false)
                {
                    _optimizer = optimizer;
                    _last_epoch = last_epoch;
                    _verbose = verbose;
                    _base_lrs = [.. optimizer.ParamGroups.Select(group => group.InitialLearningRate)];
                    _last_lrs = [.. optimizer.ParamGroups.Select(group => group.LearningRate)];
                }

                /// <summary>Takes the next step.</summary>
                public virtual void step() => step(null);

                /// <summary>Takes a step, to the epoch given or to the next.</summary>
                public virtual void step(int? epoch)
                {
                    _step_count++;
                    _last_epoch = epoch ?? _last_epoch + 1;
                    List<double> rates = [.. epoch is null ? get_lr() : get_closed_form_lr()];
                    List<ILearningRateController> groups = [.. _optimizer.ParamGroups];
                    for (var i = 0; i < _base_lrs.Count; i++)
                    {
                        groups[i].LearningRate = rates[i];
                        if (_verbose && _last_lrs[i] != rates[i])
                            Console.WriteLine($"Adjusting learning rate to {rates[i]}");
                        _last_lrs[i] = rates[i];
                    }
                }

                /// <summary>The rates set last.</summary>
                public IEnumerable<double> get_last_lr() => _last_lrs;

                /// <summary>The rates of this epoch, from those of the last.</summary>
                protected virtual IEnumerable<double> get_lr() => _optimizer.ParamGroups.Select(group => group.LearningRate);

                /// <summary>The rates of this epoch, from those at the start.</summary>
                protected virtual IEnumerable<double> get_closed_form_lr() => get_lr();
            }

            /// <summary>The rates at the start times a function of the epoch.</summary>
            public static LRScheduler LambdaLR(Optimizer optimizer, Func<int, double> lr_lambda, int last_epoch = -1, bool verbose = false) =>
                new impl.LambdaLR(optimizer, Enumerable.Repeat(lr_lambda, optimizer.ParamGroups.Count()), last_epoch, verbose);

            /// <summary>The rates at the start times functions of the epoch, one for each group.</summary>
            public static LRScheduler LambdaLR(
                Optimizer optimizer, IEnumerable<Func<int, double>> lr_lambdas, int last_epoch = -1, bool verbose = false) =>
                new impl.LambdaLR(optimizer, lr_lambdas, last_epoch, verbose);

            /// <summary>Half a cosine from the rates at the start to the least one.</summary>
            public static LRScheduler CosineAnnealingLR(
                Optimizer optimizer, double T_max, double eta_min = 0, int last_epoch = -1, bool verbose = false) =>
                new impl.CosineAnnealingLR(optimizer, T_max, eta_min, last_epoch, verbose);

            /// <summary>The schedules themselves.</summary>
            public static partial class impl
            {
                /// <summary>The rates at the start times functions of the epoch.</summary>
                public class LambdaLR : LRScheduler
                {
                    private readonly List<Func<int, double>> _lambdas;

                    /// <summary>One function for each group.</summary>
                    public LambdaLR(Optimizer optimizer, IEnumerable<Func<int, double>> lr_lambdas, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        _lambdas = [.. lr_lambdas];
                        Begin();
                    }

                    /// <inheritdoc/>
                    protected override IEnumerable<double> get_lr() => _base_lrs.Zip(_lambdas, (rate, lambda) => rate * lambda(_last_epoch));

                    private void Begin() => step();
                }

                /// <summary>Half a cosine from the rates at the start to the least one.</summary>
                public class CosineAnnealingLR : LRScheduler
                {
                    private readonly double _period;
                    private readonly double _least;

                    /// <summary>From the start to <paramref name="eta_min"/> in <paramref name="T_max"/> epochs.</summary>
                    /// <param name="optimizer">Whose rates are set.</param>
                    /// <param name="T_max">Epochs of the half cosine.</param>
                    /// <param name="eta_min">The least rate.</param>
                    /// <param name="last_epoch">The epoch before the first; -1 at the start.</param>
                    /// <param name="verbose">Whether changes are printed.</param>
                    public CosineAnnealingLR(Optimizer optimizer, double T_max, double eta_min = 0, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        _period = T_max;
                        _least = eta_min;
                        Begin();
                    }

                    /// <inheritdoc/>
                    protected override IEnumerable<double> get_lr()
                    {
                        if (_last_epoch == 0)
                            return base.get_lr();
                        if ((_last_epoch - 1 - _period) % (2 * _period) == 0)
                            return base.get_lr().Zip(_base_lrs, (rate, start) => rate + ((start - _least) * (1 - Math.Cos(Math.PI / _period)) / 2));
                        var factor = (1 + Math.Cos(Math.PI * _last_epoch / _period)) / (1 + Math.Cos(Math.PI * (_last_epoch - 1) / _period));
                        return base.get_lr().Select(rate => (factor * (rate - _least)) + _least);
                    }

                    /// <inheritdoc/>
                    protected override IEnumerable<double> get_closed_form_lr() =>
                        _base_lrs.Select(rate => _least + ((rate - _least) * (1 + Math.Cos(Math.PI * _last_epoch / _period)) / 2));

                    private void Begin() => step();
                }
            }
        }
    }
}
