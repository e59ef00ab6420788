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
    public static IReadOnlyList<BadInput> BadInput { get; } =
    [
        new(typeof(UsageException)),
        new(typeof(ArtifactNotFoundException)),
        new(typeof(VideoException)),
        new(typeof(ModelException), Except: typeof(NonFiniteException)),
        new(typeof(OnnxModelException)),
        new(typeof(ContractException)),
        new(typeof(PrecisionException)),
        new(typeof(OpsetException)),
        new(typeof(WeightException)),
    ];

    /// <summary>What can go wrong with the machine or the training although everything asked for made sense; exit code 1.</summary>
    public static IReadOnlyList<KnownFailure> Failures { get; } =
        [.. KnownFailure.OfPipelines, new(typeof(NonFiniteException)), new(typeof(LostProcessException), StopMeaning.Follows), new(typeof(AskedToStopException), StopMeaning.Asked), new(typeof(DllNotFoundException)), new(typeof(GraphException))];

    /// <summary>Explains an error in a line, or one for each thing that is wrong; false for those that are our own mistake and deserve their stack trace.</summary>
    public static bool TryExplain(Exception error, [NotNullWhen(true)] out IReadOnlyList<string>? lines, out int code)
    {
        bool isBadInput = BadInput.Any(kind => kind.Includes(error));
        code = isBadInput ? ExitCodes.Usage : RunOutcome.ExitCodeOf(error);
        lines = error switch
        {
            OperationCanceledException => ["cancelled"],
            ConfigurationException wrong => [.. wrong.Problems.Select(problem => problem.ToString())],
            _ when isBadInput || Failures.Any(kind => kind.Includes(error)) => [error.Message],
            _ => null,
        };
        return lines is not null;
    }
}
