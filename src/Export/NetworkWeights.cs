using Unreel.Modeling;
using Unreel.Onnx;

namespace Unreel.Export;

/// <summary>Weights of a file, some of them left out, each read when it is written.</summary>
/// <param name="file">The file; it must stay open until the model is saved.</param>
/// <param name="dropped">Beginnings of the names of what the graph has no place for.</param>
internal sealed class NetworkWeights(SafetensorsFile file, IReadOnlyList<string> dropped) : IWeights
{
    /// <inheritdoc/>
    public IEnumerable<string> Names => file.Tensors.Keys.Where(IsKept);

    /// <inheritdoc/>
    public bool TryGet(string name, out Weight weight)
    {
        bool isThere = file.Tensors.TryGetValue(name, out TensorEntry? entry) && IsKept(name);
        weight = isThere ? new Weight(entry!.Shape, () => file.ReadFloats(name)) : default;
        return isThere;
    }

    private bool IsKept(string name) => !dropped.Any(beginning => name.StartsWith(beginning, StringComparison.Ordinal));
}
