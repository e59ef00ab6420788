using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>Finds out where a loss that is not finite came from.</summary>
internal static class NonFiniteSearch
{
    /// <summary>
    /// The first tensor that is not finite: of the parameters, then of the outputs of the layers, in the order in which they
    /// are computed. Computes the loss again to find the latter.
    /// </summary>
    /// <returns>A name to be told, e.g. <c>the output of encoder.blocks.3.mlp.fc1</c>; null if only the loss itself is not finite.</returns>
    public static string? First(ITrainingTask task, ClipBatch batch, long step)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable quiet = no_grad();
        foreach ((string name, Parameter parameter) in Parameters.Of(task.Model))
        {
            if (!IsFinite(parameter))
                return $"parameter {name}";
        }

        return FirstOutput(task, batch, step);
    }

    private static string? FirstOutput(ITrainingTask task, ClipBatch batch, long step)
    {
        string? first = null;
        var removers = new List<Action>();
        foreach ((string name, nn.Module module) in task.Model.named_modules())
        {
            if (module is nn.Module<Tensor, Tensor> layer)
                removers.Add(layer.register_forward_hook((_, _, output) => Look(name, output)).remove);
        }

        task.Loss(batch, step).Dispose();
        removers.ForEach(remove => remove());
        return first;

        Tensor Look(string name, Tensor output)
        {
            if (first is null && !IsFinite(output))
                first = $"the output of {name}";
            return output;
        }
    }

    private static bool IsFinite(Tensor tensor) => tensor.isfinite().all().ToBoolean();
}
