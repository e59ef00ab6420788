using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Unreel.Runtimes.Tests;

public sealed class ModuleTests
{
    [Fact]
    public void Names_are_field_names_unless_given()
    {
        using var model = new Outer();

        Assert.Equal(
            ["scale", "_plain.weight", "_plain.bias", "fc.weight", "fc.bias", "blocks.0.weight", "blocks.1.weight"],
            model.named_parameters().Select(pair => pair.name));
        Assert.Equal(["mean"], model.named_buffers().Select(pair => pair.name));
        Assert.Equal(["_plain", "fc", "blocks"], model.named_children().Select(pair => pair.name));
    }

    [Fact]
    public void Names_with_a_dot_and_names_taken_throw()
    {
        using var model = new Outer();
        using var other = Linear(1, 1);

        Assert.Throws<ArgumentException>(() => model.register_module("a.b", other));
        Assert.Throws<InvalidOperationException>(() => model.register_module("fc", other));
    }

    [Fact]
    public void State_dict_is_live()
    {
        using var model = Linear(2, 2);
        var state = model.state_dict();

        using (no_grad())
            state["weight"].fill_(3);

        Assert.Equal([3f, 3f, 3f, 3f], model.weight.data<float>().ToArray());
    }

    [Fact]
    public void Load_state_dict_copies_and_is_strict_unless_told_otherwise()
    {
        using var source = Linear(2, 2);
        using var target = Linear(2, 2);

        target.load_state_dict(source.state_dict());

        Assert.True(target.weight.allclose(source.weight));
        Dictionary<string, Tensor> partial = new() { ["weight"] = source.weight, ["extra"] = source.weight };
        Assert.Throws<InvalidOperationException>(() => target.load_state_dict(partial));
        var (missing, unexpected) = target.load_state_dict(partial, strict: false);
        Assert.Equal(["bias"], missing);
        Assert.Equal(["extra"], unexpected);
    }

    [Fact]
    public void To_converts_real_numbers_and_replaces_parameters()
    {
        using var model = new Outer();
        var before = model.get_parameter("fc.weight");

        model.to(float64);

        Assert.NotSame(before, model.get_parameter("fc.weight"));
        Assert.All(model.parameters(), parameter => Assert.Equal(float64, parameter.dtype));
        Assert.All(model.parameters(), parameter => Assert.True(parameter.requires_grad && parameter.is_leaf));
        using var y = model.call(ones(1, 2, float64));
        Assert.Equal(float64, y.dtype);
        Assert.Throws<ArgumentException>(() => model.to(int64));
    }

    [Fact]
    public void Train_and_eval_reach_every_module()
    {
        using var model = Sequential(("drop", Dropout(0.5)), ("fc", Linear(4, 4)));
        Assert.True(model.training);

        model.eval();

        Assert.All(model.named_modules(), pair => Assert.False(pair.module.training));
        using var x = randn(2, 4);
        using var first = model.call(x);
        using var second = model.call(x);
        Assert.True(first.allclose(second));
    }

    [Fact]
    public void Hooks_run_on_call_and_not_on_forward()
    {
        using var model = Linear(2, 2);
        var calls = 0;
        var remover = model.register_forward_hook((_, _, result) =>
        {
            calls++;
            return result;
        });
        using var x = ones(1, 2);

        model.call(x).Dispose();
        model.forward(x).Dispose();
        remover.remove();
        model.call(x).Dispose();

        Assert.Equal(1, calls);
    }

    [Fact]
    public void Modules_made_inside_a_scope_keep_their_parameters()
    {
        Linear model;
        using (NewDisposeScope())
            model = Linear(2, 2);

        Assert.Equal(2, model.parameters().Count());
        model.Dispose();
    }

    [Fact]
    public void Zero_grad_forgets_gradients()
    {
        using var model = Linear(2, 2);
        using var x = ones(1, 2);
        using (NewDisposeScope())
            model.call(x).sum().backward();
        Assert.NotNull(model.weight.grad);

        model.zero_grad();

        Assert.Null(model.weight.grad);
    }

    [Fact]
    public void Batch_norm_without_scale_learns_nothing_and_tracks_statistics()
    {
        using var norm = BatchNorm1d(3, affine: false);
        using var x = randn(64, 3) + 5;

        using var y = norm.call(x);
        using var mean = y.mean([0]);

        Assert.Empty(norm.parameters());
        Assert.True(mean.abs().max().item<float>() < 1e-5);
        Assert.True(norm.running_mean!.min().item<float>() > 0.3);
    }

    [Fact]
    public void Initialisers_respect_their_bounds_and_their_generator()
    {
        using var w = empty(64, 32);
        using var first = new Generator(5);
        init.trunc_normal_(w, std: 0.02, a: -0.03, b: 0.03, generator: first);
        Assert.True(w.abs().max().item<float>() <= 0.03f);
        Assert.InRange(w.std().item<float>(), 0.012f, 0.02f);

        using var again = empty(64, 32);
        using var second = new Generator(5);
        init.trunc_normal_(again, std: 0.02, a: -0.03, b: 0.03, generator: second);
        Assert.True(w.allclose(again, 0, 0));

        init.xavier_uniform_(w);
        Assert.True(w.abs().max().item<float>() <= Math.Sqrt(6.0 / 96));
    }

    private sealed class Outer : Module<Tensor, Tensor>
    {
        [ComponentName(Name = "scale")]
        private readonly Parameter _scale = Parameter(ones(2));

        private readonly Linear _plain = Linear(2, 2);

        [ComponentName(Name = "fc")]
        private readonly Linear _fc = Linear(2, 2);

        [ComponentName(Name = "blocks")]
        private readonly ModuleList<Linear> _blocks = ModuleList(Linear(2, 2, hasBias: false), Linear(2, 2, hasBias: false));

        [ComponentName(Name = "mean")]
        private readonly Tensor _mean = zeros(2);

        public Outer()
            : base(nameof(Outer)) => RegisterComponents();

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var x = _fc.call(_plain.call(input)) * _scale + _mean;
            foreach (var block in _blocks)
                x = block.call(x);
            return x.MoveToOuterDisposeScope();
        }
    }
}
