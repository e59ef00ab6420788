namespace Unreel.Onnx;

/// <summary>A model that cannot be opened or run; says which and why. A user's mistake, not ours.</summary>
public sealed class OnnxModelException(string model, string reason) : Exception($"Model '{model}' {reason}")
{
    /// <summary>File or name of the model.</summary>
    public string Model { get; } = model;
}
