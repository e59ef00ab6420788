using System.Diagnostics.CodeAnalysis;
using Unreel.Artifacts;
using Unreel.Modeling;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Cli.Hosting;

/// <summary>Which errors are the user's to mend, what they are told, and the exit code.</summary>
internal static class ErrorMap
{
    /// <summary>Errors that mean wrong input; exit code 2, as for wrong usage.</summary>
    public static IReadOnlyList<Type> BadInput { get; } =
    [
        typeof(UsageException),
        typeof(ArtifactNotFoundException),
        typeof(VideoException),
        typeof(ModelException),
        typeof(OnnxModelException),
        typeof(ContractException),
    ];

    // What can go wrong with the machine although everything asked for made sense.
    private static readonly Type[] Failures =
        [typeof(StoreException), typeof(GateRefusedException), typeof(TooManyBadItemsException), typeof(IOException), typeof(UnauthorizedAccessException)];

    /// <summary>Explains an error in one line; false for those that are our own mistake and deserve their stack trace.</summary>
    public static bool TryExplain(Exception error, [NotNullWhen(true)] out string? message, out int code)
    {
        code = error is OperationCanceledException ? ExitCodes.Cancelled
            : BadInput.Any(type => type.IsInstanceOfType(error)) ? ExitCodes.Usage
            : RunOutcome.ExitCodeOf(error);
        message = error is OperationCanceledException ? "cancelled"
            : BadInput.Concat(Failures).Any(type => type.IsInstanceOfType(error)) ? error.Message
            : null;
        return message is not null;
    }
}
