namespace Unreel.Onnx;

/// <summary>How far the change of precision is.</summary>
/// <param name="Work">What is done.</param>
/// <param name="Done">What is finished of it.</param>
/// <param name="Total">All of it.</param>
/// <param name="Unit">What is counted.</param>
public readonly record struct PrecisionProgress(string Work, int Done, int Total, string Unit);
