namespace Unreel.Onnx;

/// <summary>A precision that a graph cannot be brought to as asked; the message names the tensor, layer, operator or option. A user's mistake, not ours.</summary>
public sealed class PrecisionException(string message) : Exception(message);
