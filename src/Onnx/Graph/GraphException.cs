namespace Unreel.Onnx;

/// <summary>A graph that breaks a rule of the format; the message names the node or value. Where we wrote the graph, the mistake is ours, but for an <see cref="OpsetException"/>.</summary>
/// <param name="message">What is wrong.</param>
public class GraphException(string message) : Exception(message);
