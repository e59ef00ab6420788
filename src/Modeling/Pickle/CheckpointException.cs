namespace Unreel.Modeling;

/// <summary>A file of PyTorch cannot be read, is damaged, or asks for something that is refused.</summary>
/// <param name="file">The file.</param>
/// <param name="found">What was expected and found.</param>
/// <param name="inner">What led to it, or null.</param>
public sealed class CheckpointException(string file, string found, Exception? inner = null)
    : ModelException($"{file}: {found}", inner)
{
    /// <summary>The file.</summary>
    public string File { get; } = file;
}
