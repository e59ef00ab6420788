namespace Unreel.Onnx;

/// <summary>An operator that the opset asked for does not have; the message names it, the opset needed and the one found. Whoever chose the opset can mend it.</summary>
/// <param name="message">What is wrong.</param>
public sealed class OpsetException(string message) : GraphException(message);
