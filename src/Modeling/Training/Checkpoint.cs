using System.Globalization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>
/// Model, optimiser and step in one safetensors file. The schedule, the random numbers and the place in the data are functions
/// of seed and step, so nothing else is needed to go on as if nothing had happened.
/// </summary>
internal static class Checkpoint
{
    /// <summary>The file's name.</summary>
    public const string Name = "checkpoint.safetensors";

    private const string Format = "unreel.checkpoint.v1";
    private const string ModelPrefix = "model.";
    private const string OptimiserPrefix = "optimiser.";

    /// <summary>Writes a checkpoint in place of the one before, which stays until this one is whole.</summary>
    /// <exception cref="NonFiniteException">A tensor holds a number that is not finite; the checkpoint before is kept.</exception>
    public static void Save(string path, nn.Module model, Optimiser optimiser, long step, TrainingPlan plan, IReadOnlyList<string> lastSamples)
    {
        IEnumerable<TensorToWrite> weights = Parameters.Of(model).Select(entry => Write(ModelPrefix + entry.Name, entry.Parameter));
        IEnumerable<TensorToWrite> states = optimiser.States.SelectMany(entry => new[]
        {
            Write($"{OptimiserPrefix}{entry.Name}.exp_avg", entry.State.exp_avg),
            Write($"{OptimiserPrefix}{entry.Name}.exp_avg_sq", entry.State.exp_avg_sq),
            TensorToWrite.I64($"{OptimiserPrefix}{entry.Name}.step", [], () => [entry.State.step]),
        });
        SafetensorsWriter.Write(path, [.. weights, .. states], Metadata(step, plan));

        TensorToWrite Write(string name, Tensor tensor) => TensorToWrite.F32(name, tensor.shape, () => FiniteValues(name, tensor));
        float[] FiniteValues(string name, Tensor tensor)
        {
            float[] values = Parameters.Get(tensor);
            return Array.TrueForAll(values, float.IsFinite) ? values : throw new NonFiniteException($"Tensor '{name}'", step - 1, lastSamples);
        }
    }

    /// <summary>Puts a checkpoint's values into a model and its optimiser.</summary>
    /// <returns>The step to go on with.</returns>
    /// <exception cref="ModelException">The file is damaged or of another training; the message names it.</exception>
    public static long Load(string path, nn.Module model, Optimiser optimiser, TrainingPlan plan)
    {
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            long step = CheckMetadata(file, plan);
            WeightLoader.Load(file, ModelPrefix, Parameters.Of(model), name => name.StartsWith(OptimiserPrefix, StringComparison.Ordinal));
            foreach ((string name, AdamW.State state) in optimiser.States)
                LoadState(file, $"{OptimiserPrefix}{name}", state);
            return step;
        }
        catch (SafetensorsException error)
        {
            throw new ModelException($"The checkpoint cannot be read: {error.Message} Remove it to begin again.", error);
        }
    }

    private static void LoadState(SafetensorsFile file, string prefix, AdamW.State state)
    {
        WeightLoader.Set(file, $"{prefix}.exp_avg", state.exp_avg);
        WeightLoader.Set(file, $"{prefix}.exp_avg_sq", state.exp_avg_sq);
        state.step = file.ReadInt64s($"{prefix}.step")[0];
    }

    private static Dictionary<string, string> Metadata(long step, TrainingPlan plan) => new()
    {
        ["format"] = Format,
        ["recipe"] = plan.Recipe,
        ["seed"] = plan.Seed.ToString(CultureInfo.InvariantCulture),
        ["step"] = step.ToString(CultureInfo.InvariantCulture),
    };

    private static long CheckMetadata(SafetensorsFile file, TrainingPlan plan)
    {
        if (!long.TryParse(file.Metadata.GetValueOrDefault("step"), CultureInfo.InvariantCulture, out long step) || step < 0 || step > plan.Steps)
            throw new ModelException($"'{file.Path}' is no checkpoint of this training: its step is '{file.Metadata.GetValueOrDefault("step")}', expected 0 to {plan.Steps}.");

        foreach ((string key, string expected) in Metadata(step, plan))
        {
            string? found = file.Metadata.GetValueOrDefault(key);
            if (found != expected)
                throw new ModelException($"'{file.Path}' is a checkpoint of another training: its {key} is '{found}', expected '{expected}'. Remove it to begin again.");
        }

        return step;
    }
}
