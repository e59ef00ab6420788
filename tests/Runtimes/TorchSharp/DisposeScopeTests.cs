using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Unreel.Runtimes.Tests;

public sealed class DisposeScopeTests
{
    [Fact]
    public void A_training_step_leaves_no_tensor_behind()
    {
        using var model = Sequential(("fc1", Linear(4, 8)), ("act", GELU()), ("fc2", Linear(8, 2)));
        using var optimizer = optim.AdamW(model.parameters(), weight_decay: 0.05);
        using var x = randn(3, 4);
        using var y = randn(3, 2);
        Step(model, optimizer, x, y);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        for (var i = 0; i < 20; i++)
            Step(model, optimizer, x, y);

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_scope_disposes_what_was_made_in_it_and_keeps_what_was_moved()
    {
        Tensor moved, detached, gone;
        using var outer = NewDisposeScope();
        using (NewDisposeScope())
        {
            gone = ones(2);
            moved = ones(2).MoveToOuterDisposeScope();
            detached = ones(2).DetachFromDisposeScope();
        }

        Assert.True(gone.IsInvalid);
        Assert.False(moved.IsInvalid);
        outer.Dispose();
        Assert.True(moved.IsInvalid);
        Assert.False(detached.IsInvalid);
        detached.Dispose();
    }

    [Fact]
    public void A_disposed_tensor_throws_when_used()
    {
        var x = ones(2);
        x.Dispose();

        Assert.Throws<InvalidOperationException>(() => x.add(1));
    }

    [Fact]
    public void Statistics_count_by_scope()
    {
        DisposeScopeManager.Statistics.Reset();
        var outside = ones(1);
        using (NewDisposeScope())
        {
            _ = ones(1);
            ones(1).DetachFromDisposeScope().Dispose();
        }

        outside.Dispose();
        var counts = DisposeScopeManager.Statistics.TensorStatistics;

        Assert.Equal(1, counts.CreatedOutsideScopeCount);
        Assert.Equal(2, counts.CreatedInScopeCount);
        Assert.Equal(1, counts.DetachedFromScopeCount);
        Assert.Equal(1, counts.DisposedInScopeCount);
        Assert.Equal(2, counts.DisposedOutsideScopeCount);
        Assert.Equal(0, counts.ThreadTotalLiveCount);
    }

    [Fact]
    public async Task Scopes_belong_to_a_thread()
    {
        using var scope = NewDisposeScope();
        var made = await Task.Factory.StartNew(() => ones(1), TaskCreationOptions.LongRunning);

        scope.Dispose();

        Assert.False(made.IsInvalid);
        made.Dispose();
    }

    [Fact]
    public void Parameters_made_in_a_scope_are_disposed_with_it()
    {
        Tensor parameter;
        using (NewDisposeScope())
            parameter = Parameter(ones(2));

        Assert.True(parameter.IsInvalid);
    }

    private static void Step(Module<Tensor, Tensor> model, optim.Optimizer optimizer, Tensor x, Tensor y)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        var loss = functional.mse_loss(model.call(x), y);
        loss.backward();
        utils.clip_grad_norm_(model.parameters(), 1.0);
        optimizer.step();
    }
}
