using System.Globalization;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>The values of a checkpoint, copied out of torch, and the metadata that goes with them.</summary>
/// <param name="Tensors">The values; asking for those that are not finite throws <see cref="NonFiniteException"/>.</param>
/// <param name="Metadata">Format, recipe, seed, step and recent loss.</param>
/// <param name="RecentLoss">Mean loss of the last steps before it.</param>
internal sealed record CheckpointSnapshot(IReadOnlyCollection<TensorToWrite> Tensors, IReadOnlyDictionary<string, string> Metadata, double RecentLoss)
{
    /// <summary>The metadata with the digest of all values, which tells a checkpoint whose bytes changed on the disk.</summary>
    public IReadOnlyDictionary<string, string> DigestedMetadata()
    {
        using var digest = new TensorDigest();
        foreach (TensorToWrite tensor in Tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal))
            digest.Add(tensor.Name, tensor.WriteTo);
        return new Dictionary<string, string>(Metadata) { [TensorDigest.Key] = digest.Finish() };
    }
}

/// <summary>
/// Model, optimiser and step in one safetensors file. The schedule, the random numbers and the place in the data are functions
/// of seed and step, so nothing else is needed to go on as if nothing had happened.
/// </summary>
internal static class Checkpoint
{
    private const string Format = "unreel.checkpoint.v1";
    private const string ModelPrefix = "model.";
    private const string OptimiserPrefix = "optimiser.";
    private const string StepsName = "step";
    private const string RecentLossKey = "recent_loss";

    /// <summary>Copies what a checkpoint holds, so that it can be written while training goes on.</summary>
    /// <param name="trained">The model's values that training changes, by name.</param>
    /// <param name="optimiser">Its optimiser.</param>
    /// <param name="step">The step to go on with.</param>
    /// <param name="plan">The training.</param>
    /// <param name="recentLoss">Mean loss of the last steps.</param>
    /// <param name="lastSamples">The last step's samples, to be named if a value is not finite.</param>
    public static CheckpointSnapshot Take(IReadOnlyList<(string Name, Tensor Tensor)> trained, Optimiser optimiser, long step, TrainingPlan plan, double recentLoss, IReadOnlyList<string> lastSamples)
    {
        IEnumerable<TensorToWrite> weights = trained.Select(entry => Copy(ModelPrefix + entry.Name, entry.Tensor));
        IEnumerable<TensorToWrite> states = optimiser.States.SelectMany(state =>
        {
            IEnumerable<TensorToWrite> moments = state.Moments.Select(moment => Copy(StateName(state, moment.Name), moment.Values));
            return state.Steps is { } steps ? moments.Append(Number(StateName(state, StepsName), steps.Get())) : moments;
        });
        Dictionary<string, string> metadata = Metadata(step, plan);
        metadata[RecentLossKey] = recentLoss.ToString("R", CultureInfo.InvariantCulture);
        return new CheckpointSnapshot([.. weights, .. states], metadata, recentLoss);

        TensorToWrite Copy(string name, Tensor tensor)
        {
            float[] values = Parameters.Get(tensor);
            return TensorToWrite.F32(name, tensor.shape, () =>
                Array.TrueForAll(values, float.IsFinite) ? values : throw new NonFiniteException($"Tensor '{name}'", step - 1, lastSamples));
        }
    }

    /// <summary>Puts a checkpoint's values into a model and its optimiser.</summary>
    /// <returns>The step to go on with.</returns>
    /// <exception cref="ModelException">The file is damaged or of another training; the message names it.</exception>
    public static long Load(string path, IReadOnlyList<(string Name, Tensor Tensor)> trained, Optimiser optimiser, TrainingPlan plan)
    {
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            long step = CheckMetadata(file, plan);
            CheckDigest(file);
            WeightLoader.Load(file, ModelPrefix, trained, name => name.StartsWith(OptimiserPrefix, StringComparison.Ordinal));
            foreach (ParameterState state in optimiser.States)
                LoadState(file, state);
            return step;
        }
        catch (SafetensorsException error)
        {
            throw new ModelException($"The checkpoint cannot be read: {error.Message} Remove it to go on from the one before it, if there is one, or to begin again.", error);
        }
    }

    /// <summary>The recent loss that a checkpoint was written with.</summary>
    /// <exception cref="ModelException">The file holds none.</exception>
    public static double RecentLoss(SafetensorsFile file) =>
        double.TryParse(file.Metadata.GetValueOrDefault(RecentLossKey), CultureInfo.InvariantCulture, out double loss)
            ? loss
            : throw new ModelException($"'{file.Path}' is no checkpoint: it has no {RecentLossKey}. Remove it.");

    private static void CheckDigest(SafetensorsFile file)
    {
        using var digest = new TensorDigest();
        foreach (TensorEntry entry in file.Tensors.Values.OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            byte[] bytes = new byte[entry.End - entry.Begin];
            file.Read(entry.Name, bytes);
            digest.Add(entry.Name, stream => stream.Write(bytes));
        }

        string expected = file.Metadata.GetValueOrDefault(TensorDigest.Key, "none"), found = digest.Finish();
        if (expected != found)
            throw new ModelException($"The checkpoint '{file.Path}' was changed after it was written: its values have the SHA-256 {found}, expected {expected}. Remove it to go on from the one before it, if there is one, or to begin again.");
    }

    private static void LoadState(SafetensorsFile file, ParameterState state)
    {
        foreach ((string name, Tensor values) in state.Moments)
            WeightLoader.Set(file, StateName(state, name), values);
        state.Steps?.Set(file.ReadInt64s(StateName(state, StepsName))[0]);
    }

    private static string StateName(ParameterState state, string part) => $"{OptimiserPrefix}{state.Name}.{part}";

    private static TensorToWrite Number(string name, long value) => TensorToWrite.I64(name, [], () => [value]);

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
