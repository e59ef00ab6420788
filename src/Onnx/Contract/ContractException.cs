namespace Unreel.Onnx;

/// <summary>A model contract that is missing, malformed or does not fit its model; says what was expected and what was found.</summary>
public sealed class ContractException(string message) : Exception($"Contract {message}");
