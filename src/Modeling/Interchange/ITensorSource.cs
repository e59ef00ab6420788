namespace Unreel.Modeling;

/// <summary>A file of named tensors, of whatever format, read one at a time.</summary>
internal interface ITensorSource : IDisposable
{
    /// <summary>The file's path as it was given.</summary>
    string Path { get; }

    /// <summary>The tensors' dimensions by name.</summary>
    IReadOnlyDictionary<string, long[]> Shapes { get; }

    /// <summary>The <see cref="ModelDescription"/> that our own exports carry, as JSON; null where there is none.</summary>
    string? Description { get; }

    /// <summary>Reads a tensor of floating-point numbers, row-major.</summary>
    /// <exception cref="ModelException">There is no such tensor, it is of another type, or damaged.</exception>
    float[] ReadFloats(string name);
}
