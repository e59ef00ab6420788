using Unreel.Artifacts;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Serve;

/// <summary>What the program says of what ended it, and its exit code: the same as <c>unreel serve</c>.</summary>
internal static class ServeErrors
{
    /// <summary>One line for what a user or the machine's keeper can mend; our own mistakes come with their stack trace.</summary>
    public static (string Message, int Code) Explain(Exception error) => error switch
    {
        OperationCanceledException => ("cancelled", ExitCodes.Cancelled),
        UsageException or ArtifactNotFoundException or VideoException or OnnxModelException or ContractException => (error.Message, ExitCodes.Usage),
        StoreException or IOException or UnauthorizedAccessException => (error.Message, ExitCodes.Failed),
        _ => (error.ToString(), ExitCodes.Failed),
    };
}
