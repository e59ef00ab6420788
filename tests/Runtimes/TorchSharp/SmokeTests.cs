using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Unreel.Runtimes.Tests;

public sealed class SmokeTests
{
    [Fact]
    public void Training_a_small_network_lowers_its_loss()
    {
        manual_seed(7);
        using var model = Sequential(("fc1", Linear(4, 16)), ("act", GELU()), ("norm", LayerNorm(16)), ("fc2", Linear(16, 1)));
        using var optimizer = optim.AdamW(model.parameters(), lr: 1e-2, weight_decay: 0.01);
        using var x = randn(32, 4);
        using var y = x.sum(1, keepdim: true);
        double first = 0, last = 0;
        for (var i = 0; i < 50; i++)
        {
            using var scope = NewDisposeScope();
            var loss = functional.mse_loss(model.call(x), y);
            model.zero_grad();
            loss.backward();
            optimizer.step();
            last = loss.item<float>();
            if (i == 0)
                first = last;
        }

        Assert.True(last < first / 4, $"{first} -> {last}");
    }
}
