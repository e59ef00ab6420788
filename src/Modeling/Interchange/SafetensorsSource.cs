namespace Unreel.Modeling;

/// <summary>Tensors of a safetensors file.</summary>
internal sealed class SafetensorsSource : ITensorSource
{
    /// <summary>The key of <c>__metadata__</c> under which our own exports carry their description.</summary>
    public const string DescriptionKey = "unreel";

    private readonly SafetensorsFile _file;

    public SafetensorsSource(string path)
    {
        _file = SafetensorsFile.Open(path);
        Shapes = _file.Tensors.ToDictionary(entry => entry.Key, entry => entry.Value.Shape.ToArray(), StringComparer.Ordinal);
    }

    public string Path => _file.Path;

    public IReadOnlyDictionary<string, long[]> Shapes { get; }

    public string? Description => _file.Metadata.GetValueOrDefault(DescriptionKey);

    public float[] ReadFloats(string name) => _file.ReadFloats(name);

    public void Dispose() => _file.Dispose();
}
