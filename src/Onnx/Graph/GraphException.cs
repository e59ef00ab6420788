namespace Unreel.Onnx;

/// <summary>A graph that breaks a rule of the format; the message names the node or value.</summary>
public sealed class GraphException(string message) : Exception(message);
