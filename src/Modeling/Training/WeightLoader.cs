using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>Puts tensors of a file into parameters, refusing whatever does not match.</summary>
internal static class WeightLoader
{
    /// <summary>Fills every parameter from the tensor of its name.</summary>
    /// <param name="file">The file.</param>
    /// <param name="prefix">What the file puts before the parameters' names.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="dropped">Tensors of the file that are known not to be wanted.</param>
    /// <exception cref="ModelException">Tensors are missing, left over, or of another shape; all of them are listed.</exception>
    public static void Load<T>(SafetensorsFile file, string prefix, IReadOnlyList<(string Name, T Tensor)> parameters, Predicate<string> dropped)
        where T : Tensor
    {
        Dictionary<string, T> wanted = parameters.ToDictionary(entry => prefix + entry.Name, entry => entry.Tensor, StringComparer.Ordinal);
        CheckNames(file, wanted.Keys, dropped);
        string[] misshapen =
        [
            .. wanted.Where(entry => !file.Tensors[entry.Key].Shape.SequenceEqual(entry.Value.shape))
                .Select(entry => $"{entry.Key} is [{string.Join(", ", file.Tensors[entry.Key].Shape)}], expected [{string.Join(", ", entry.Value.shape)}]"),
        ];
        if (misshapen.Length > 0)
            throw new ModelException($"{file.Path}: tensors of another shape: {Listed(misshapen)}.");

        foreach ((string name, T parameter) in wanted)
            Set(file, name, parameter);
    }

    /// <summary>Fills one tensor.</summary>
    /// <exception cref="ModelException">It is missing or of another shape.</exception>
    public static void Set(SafetensorsFile file, string name, Tensor target)
    {
        float[] values = file.ReadFloats(name);
        if (!file.Tensors[name].Shape.SequenceEqual(target.shape))
            throw new ModelException($"{file.Path}: tensor '{name}' is [{string.Join(", ", file.Tensors[name].Shape)}], expected [{string.Join(", ", target.shape)}].");

        Parameters.Set(target, values);
    }

    private static void CheckNames(SafetensorsFile file, IReadOnlyCollection<string> wanted, Predicate<string> dropped)
    {
        string[] missing = [.. wanted.Where(name => !file.Tensors.ContainsKey(name)).Order(StringComparer.Ordinal)];
        string[] surplus = [.. file.Tensors.Keys.Where(name => !wanted.Contains(name) && !dropped(name)).Order(StringComparer.Ordinal)];
        if (missing.Length > 0 || surplus.Length > 0)
            throw new ModelException($"{file.Path} does not fit the model. Missing: {Listed(missing)}. Surplus: {Listed(surplus)}.");
    }

    private static string Listed(string[] items) => items.Length == 0 ? "nothing" : string.Join(", ", items);
}
