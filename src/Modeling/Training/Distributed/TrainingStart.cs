using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>Makes sure that all processes begin the same training at the same place with the same values.</summary>
internal static class TrainingStart
{
    /// <summary>Holds plan and first weights of every process against those of rank 0.</summary>
    /// <exception cref="ModelException">The batch cannot be shared evenly, or a process has other options, data or weights; it is named.</exception>
    public static void Check(TrainingPlan plan, nn.Module model)
    {
        ICollectives processes = plan.Processes;
        if (processes.Count == 1)
            return;
        if (plan.PartSize % processes.Count != 0)
            throw new ModelException($"batch_size: {processes.Count} processes cannot share {(plan.Accumulate > 1 ? $"a part of {plan.PartSize} clips (a batch of {plan.BatchSize} in {plan.Accumulate} parts)" : $"a batch of {plan.BatchSize} clips")} evenly; choose a multiple of {processes.Count}.");

        string[] own = [$"recipe {plan.Recipe}", $"seed {plan.Seed}", $"{plan.Steps} steps of {plan.BatchSize} clips in {plan.Accumulate} parts", $"first weights {Digest(model)}"];
        string[][] all = [.. processes.Gather(string.Join('\n', own)).Select(text => text.Split('\n'))];
        for (int rank = 1; rank < all.Length; rank++)
        {
            if (!all[rank].SequenceEqual(all[0]))
                throw new ModelException($"{processes.Name(rank)} trains something else than {processes.Name(0)}: {string.Join(", ", all[rank].Except(all[0]))}; expected {string.Join(", ", all[0].Except(all[rank]))}. Give all processes the same options, inputs and version.");
        }
    }

    /// <summary>Gives every process what rank 0 has loaded.</summary>
    /// <param name="processes">The processes.</param>
    /// <param name="trained">The model's values that training changes.</param>
    /// <param name="optimiser">Its optimiser.</param>
    /// <param name="first">On rank 0, the step that its checkpoint goes on with; 0 without one.</param>
    /// <returns>The step to go on with.</returns>
    public static long Share(ICollectives processes, IReadOnlyList<(string Name, Tensor Tensor)> trained, Optimiser optimiser, long first)
    {
        if (processes.Count == 1)
            return first;

        IEnumerable<long> own = optimiser.States.Select(state => state.Steps?.Get() ?? 0).Prepend(first);
        string text = processes.Gather(string.Join(' ', own.Select(number => number.ToString(CultureInfo.InvariantCulture))))[0];
        long[] numbers = [.. text.Split(' ').Select(number => long.Parse(number, CultureInfo.InvariantCulture))];
        if (numbers[0] == 0)
            return 0;

        foreach ((ParameterState state, long steps) in optimiser.States.Zip(numbers.Skip(1)))
            state.Steps?.Set(steps);
        processes.Broadcast([.. trained.Select(entry => entry.Tensor), .. optimiser.States.SelectMany(state => state.Moments.Select(moment => moment.Values))]);
        return numbers[0];
    }

    private static string Digest(nn.Module model)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((_, Parameter parameter) in Parameters.Of(model))
            digest.AppendData(MemoryMarshal.AsBytes<float>(Parameters.Get(parameter)));
        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }
}
