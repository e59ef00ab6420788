namespace Unreel.Onnx;

/// <summary>A model that cannot be opened or run; says which and why. A user's mistake, not ours.</summary>
/// <param name="model">File or name of the model.</param>
/// <param name="reason">What is wrong with it.</param>
/// <param name="cause">What led to it; null where nothing did.</param>
public sealed class OnnxModelException(string model, string reason, Exception? cause = null) : Exception($"Model '{model}' {reason}", cause)
{
    /// <summary>File or name of the model.</summary>
    public string Model { get; } = model;
}
