using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Unreel.Runtimes.Tests;

/// <summary>Steps against values worked out by hand: one parameter of value 1 and gradient g.</summary>
public sealed class OptimizerTests
{
    [Fact]
    public void Sgd_with_momentum_and_weight_decay()
    {
        using var p = One();
        using var optimizer = optim.SGD([p], learningRate: 0.1, momentum: 0.9, weight_decay: 0.5);

        Step(optimizer, p, 2.0);
        // direction 2 + .5 * 1 = 2.5; p = 1 - .25
        Assert.Equal(0.75, p.item<double>(), 12);
        Step(optimizer, p, 1.0);
        // gradient 1 + .375 = 1.375; direction .9 * 2.5 + 1.375 = 3.625
        Assert.Equal(0.75 - 0.3625, p.item<double>(), 12);
    }

    [Fact]
    public void Sgd_nesterov_looks_ahead()
    {
        using var p = One();
        using var optimizer = optim.SGD([p], learningRate: 0.1, momentum: 0.5, nesterov: true);

        Step(optimizer, p, 2.0);

        Assert.Equal(1 - (0.1 * (2 + (0.5 * 2))), p.item<double>(), 12);
    }

    [Fact]
    public void Adam_first_steps()
    {
        using var p = One();
        using var optimizer = optim.Adam([p], lr: 0.01, beta1: 0.9, beta2: 0.99, eps: 1e-8);
        double m = 0, v = 0, expected = 1;
        foreach (var (gradient, t) in new[] { (2.0, 1), (-1.0, 2), (0.5, 3) })
        {
            Step(optimizer, p, gradient);
            m = (0.9 * m) + (0.1 * gradient);
            v = (0.99 * v) + (0.01 * gradient * gradient);
            expected -= 0.01 * (m / (1 - Math.Pow(0.9, t))) / (Math.Sqrt(v / (1 - Math.Pow(0.99, t))) + 1e-8);
            Assert.Equal(expected, p.item<double>(), 12);
        }
    }

    [Fact]
    public void AdamW_shrinks_parameters_apart_from_the_gradient()
    {
        using var p = One();
        using var optimizer = optim.AdamW([p], lr: 0.01, beta1: 0.9, beta2: 0.95, weight_decay: 0.05);

        Step(optimizer, p, 3.0);

        // The first step of Adam is the rate itself, whatever the gradient.
        Assert.Equal((1 * (1 - (0.01 * 0.05))) - (0.01 * 3 / (3 + 1e-8)), p.item<double>(), 12);
    }

    [Fact]
    public void AdamW_decays_nothing_unless_told_to()
    {
        using var p = One();
        using var optimizer = optim.AdamW([p], lr: 0.01);

        Step(optimizer, p, 0.0);

        Assert.Equal(1.0, p.item<double>());
    }

    [Fact]
    public void Groups_keep_their_own_options_and_rates()
    {
        using var slow = One();
        using var fast = One();
        using var optimizer = optim.AdamW(
            [
                new AdamW.ParamGroup([slow], lr: 0.001, weight_decay: 0.0),
                new AdamW.ParamGroup([fast], new AdamW.Options { LearningRate = 0.1, weight_decay = 0.5 }),
            ]);

        Assert.Equal([0.001, 0.1], optimizer.ParamGroups.Select(group => group.LearningRate));
        foreach (var group in optimizer.ParamGroups)
            group.LearningRate *= 2;
        Give(slow, 1);
        Give(fast, 1);
        optimizer.step();

        Assert.Equal(1 - 0.002, slow.item<double>(), 8);
        Assert.Equal((1 - (0.2 * 0.5)) - 0.2, fast.item<double>(), 8);
    }

    [Fact]
    public void Parameters_without_a_gradient_stay_and_do_not_count_a_step()
    {
        using var p = One();
        using var optimizer = optim.AdamW([p], weight_decay: 0.5);

        optimizer.step();

        Assert.Equal(1.0, p.item<double>());
        Assert.Equal(0, ((AdamW.State)optimizer.state_dict().State[0]).step);
    }

    [Fact]
    public void State_moves_to_another_optimiser_bit_for_bit()
    {
        using var p = One();
        using var q = One();
        using var first = optim.AdamW([p], lr: 0.01);
        Step(first, p, 2.0);
        using (no_grad())
            q.copy_(p);
        using var second = optim.AdamW([q], lr: 0.5);

        second.load_state_dict(first.state_dict());
        Step(first, p, -1.0);
        Step(second, q, -1.0);

        Assert.Equal(p.item<double>(), q.item<double>());
        var state = (AdamW.State)second.state_dict().State[0];
        Assert.Equal(2, state.step);
        Assert.Equal((0.9 * 0.2) - 0.1, state.exp_avg.item<double>(), 12);
    }

    [Fact]
    public void Schedules_set_the_rate_of_every_group()
    {
        using var p = One();
        using var optimizer = optim.SGD([p], learningRate: 0.4);

        var warmup = optim.lr_scheduler.LambdaLR(optimizer, epoch => (epoch + 1) / 4.0);
        Assert.Equal(0.1, optimizer.ParamGroups.Single().LearningRate, 12);
        warmup.step();
        Assert.Equal(0.2, warmup.get_last_lr().Single(), 12);

        using var other = optim.SGD([p], learningRate: 1.0);
        var cosine = optim.lr_scheduler.CosineAnnealingLR(other, T_max: 10, eta_min: 0.1);
        for (var epoch = 1; epoch <= 10; epoch++)
        {
            cosine.step();
            Assert.Equal(0.1 + (0.9 * (1 + Math.Cos(Math.PI * epoch / 10)) / 2), other.ParamGroups.Single().LearningRate, 9);
        }
    }

    [Fact]
    public void Clipping_scales_all_gradients_together()
    {
        using var p = One();
        using var q = One();
        Give(p, 3);
        Give(q, 4);

        var norm = utils.clip_grad_norm_([p, q], 1.0);

        Assert.Equal(5.0, norm, 9);
        Assert.Equal(0.6, p.grad!.item<double>(), 5);
        Assert.Equal(0.8, q.grad!.item<double>(), 5);
        utils.clip_grad_value_([p, q], 0.7);
        Assert.Equal(0.7, q.grad!.item<double>(), 12);
    }

    private static Parameter One() => Parameter(tensor(1.0));

    private static void Give(Parameter parameter, double gradient)
    {
        using var value = tensor(gradient);
        parameter.grad = value;
    }

    private static void Step(optim.Optimizer optimizer, Parameter parameter, double gradient)
    {
        Give(parameter, gradient);
        optimizer.step();
    }
}
