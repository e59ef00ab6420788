namespace Unreel.Modeling;

/// <summary>A weight that lies in a file and is read when it is needed.</summary>
/// <param name="Shape">Extents.</param>
/// <param name="Read">Reads the values, row-major; nothing is kept, so that a network of any size passes weight by weight.</param>
public sealed record SavedWeight(long[] Shape, Func<float[]> Read)
{
    /// <summary>All weights of a file by name. The file must stay as it is while they are read; it is not kept open.</summary>
    /// <exception cref="SafetensorsException">The file breaks a rule of the format.</exception>
    internal static IReadOnlyDictionary<string, SavedWeight> AllOf(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        return file.Tensors.ToDictionary(
            tensor => tensor.Key,
            tensor => new SavedWeight([.. tensor.Value.Shape], () => ReadFrom(path, tensor.Key)),
            StringComparer.Ordinal);
    }

    private static float[] ReadFrom(string path, string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        return file.ReadFloats(name);
    }
}
