using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Unreel.Modeling.Tests;

/// <summary>Gradients against central differences, in every parameter, along the gradient's own direction and a random one.</summary>
public sealed class GradientTests
{
    private const float Step = 1e-2f;

    [Fact]
    public void Pretraining_gradients_are_slopes_of_the_loss()
    {
        using var task = new PretrainingTask(Micro.Pretraining, new ColouredClips(Micro.Shape), seed: 2, CPU);
        ClipBatch batch = task.Read(0, 2, default);

        CheckSlopes(Values.Filled(task.Network, 0.3), () => task.Loss(batch, 0));
    }

    [Fact]
    public void Gradients_of_several_targets_behind_a_regressor_are_slopes_of_the_loss()
    {
        PretrainingSettings settings = Micro.Pretraining with { Targets = TargetSettings.Parse("codes,frame_difference"), RegressorDepth = 2, Tokenizer = new BrightnessCodes(Micro.Shape) };
        using var task = new PretrainingTask(settings, new ColouredClips(Micro.Shape), seed: 2, CPU);
        ClipBatch batch = task.Read(0, 2, default);

        CheckSlopes(Values.Filled(task.Network, 0.3), () => task.Loss(batch, 0));
    }

    [Fact]
    public void Gradients_of_the_samplers_loss_are_its_slopes()
    {
        // The choice of tokens and the errors that reward it stand still: neither has a slope.
        using DisposeScope scope = NewDisposeScope();
        Sampler sampler = Values.Filled(new Sampler(Micro.Shape), 0.3);
        (Tensor tokensBND, Tensor maskedBM) = (Values.Tensor(3, 2, Micro.Shape.Tokens, Micro.Shape.Width), tensor([0L, 2, 7, 1, 3, 4], [2, 3]));
        Tensor errorsBM = Values.Tensor(4, 2, 3).abs();

        CheckSlopes(sampler, () => PretrainingTask.SamplerLoss(sampler.call(tokensBND), maskedBM, errorsBM));
    }

    [Fact]
    public void Finetuning_gradients_are_slopes_of_the_loss()
    {
        using var task = new FinetuningTask(Micro.Finetuning(), new ColouredClips(Micro.Shape), seed: 2, CPU);
        ClipBatch batch = task.Read(0, 2, default);

        CheckSlopes(Values.Filled(task.Network, 0.3), () => task.Loss(batch, 0));
    }

    [Theory]
    [InlineData(ClassifierHead.Attentive, null, 0, 0)]
    [InlineData(ClassifierHead.BatchNorm, 2, 0, 0)]
    [InlineData(ClassifierHead.Linear, null, 0.8, 0)]
    [InlineData(ClassifierHead.Linear, null, 0, 1)]
    [InlineData(ClassifierHead.Attentive, 2, 0, 0)]
    [InlineData(ClassifierHead.Linear, 2, 0, 1)]
    [InlineData(ClassifierHead.Linear, 1, 0.8, 0)]
    [InlineData(ClassifierHead.Linear, 0, 0, 0)]
    public void Gradients_of_other_heads_of_what_is_not_frozen_and_of_mixed_clips_are_slopes_too(ClassifierHead head, int? frozen, double mixup, double cutmix)
    {
        FinetuningSettings settings = Micro.Finetuning() with { Head = head, FrozenBlocks = frozen, Mixing = new MixingSettings { Mixup = mixup, Cutmix = cutmix } };
        using var task = new FinetuningTask(settings, new ColouredClips(Micro.Shape), seed: 2, CPU);
        ClipBatch batch = task.Read(0, 4, default);

        CheckSlopes(Values.Filled(task.Network, 0.3), () => task.Loss(batch, 0));
    }

    private static void CheckSlopes(nn.Module module, Func<Tensor> loss)
    {
        using (NewDisposeScope())
            loss().backward();

        foreach ((string name, Parameter parameter) in module.named_parameters())
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor? grad = parameter.grad;
            if (!parameter.requires_grad)
            {
                Assert.True(grad is null, $"{name} is frozen and has a gradient.");
                continue;
            }

            Assert.True(grad is not null, $"{name} has no gradient.");
            float[] gradient = Parameters.Get(grad);
            float[] direction = Values.Uniform(gradient.Length, seed: 9);
            double norm = Math.Sqrt(gradient.Sum(value => (double)value * value)) + 1e-12;
            float[] along = [.. gradient.Zip(direction, (g, d) => (float)(g / norm) + (0.3f * d / MathF.Sqrt(gradient.Length)))];

            double expected = Slope(parameter, along, loss);
            double actual = gradient.Zip(along, (g, d) => (double)g * d).Sum();
            Assert.True(Math.Abs(expected - actual) < 2e-3 + (0.03 * Math.Abs(expected)), $"{name}: slope {expected}, gradient {actual}.");
        }
    }

    private static double Slope(Parameter parameter, float[] direction, Func<Tensor> loss)
    {
        float[] values = Parameters.Get(parameter);
        double above = At(Step);
        double below = At(-Step);
        Parameters.Set(parameter, values);
        return (above - below) / (2 * Step);

        double At(float step)
        {
            Parameters.Set(parameter, [.. values.Zip(direction, (value, d) => value + (step * d))]);
            using DisposeScope scope = NewDisposeScope();
            using IDisposable quiet = no_grad();
            return loss().item<float>();
        }
    }
}
