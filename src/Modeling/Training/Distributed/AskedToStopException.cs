namespace Unreel.Modeling;

/// <summary>A process of the training, named in the message, was asked to stop, and so all of them stop together.</summary>
public sealed class AskedToStopException(string message, CancellationToken ct) : OperationCanceledException(message, ct);
