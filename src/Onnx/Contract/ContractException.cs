namespace Unreel.Onnx;

/// <summary>A model contract that is missing, malformed or does not fit its model; says what was expected and what was found.</summary>
/// <param name="reason">What is wrong, starting with the member it is about.</param>
/// <param name="model">File or name of the model; null where none is known.</param>
public sealed class ContractException(string reason, string? model = null)
    : Exception(model is null ? $"Contract {reason}" : $"Contract of '{model}' {reason}")
{
    /// <summary>What is wrong, without the model.</summary>
    public string Reason { get; } = reason;

    /// <summary>File or name of the model; null where none is known.</summary>
    public string? Model { get; } = model;
}
