using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>Registers a type of exception that means the user's input is wrong, from code that does not know of pipelines.</summary>
/// <param name="Exception">The type; those that derive from it are meant too.</param>
/// <param name="Except">A derived type that is not meant, or null.</param>
public sealed record BadInput(Type Exception, Type? Except = null)
{
    /// <summary>Whether <paramref name="error"/> is one.</summary>
    public bool Includes(Exception error) => Exception.IsInstanceOfType(error) && Except?.IsInstanceOfType(error) is not true;
}

/// <summary>Registers a type of exception that tells what went wrong in the world around the program; its message is all there is to say.</summary>
/// <param name="Exception">The type; those that derive from it are meant too.</param>
/// <param name="Stop">What it has to do with being asked to stop.</param>
public sealed record KnownFailure(Type Exception, StopMeaning Stop = StopMeaning.None)
{
    /// <summary>Those that every pipeline may meet; registered with pipelines.</summary>
    public static IReadOnlyList<KnownFailure> OfPipelines { get; } =
    [
        new(typeof(StoreException)),
        new(typeof(JobCancelledException), StopMeaning.Asked),
        new(typeof(GateRefusedException)),
        new(typeof(TooManyBadItemsException)),
        new(typeof(WorkLockedException)),
        new(typeof(IOException)),
        new(typeof(UnauthorizedAccessException)),
        new(typeof(OperationCanceledException)),
    ];

    /// <summary>Whether <paramref name="error"/> is one.</summary>
    public bool Includes(Exception error) => Exception.IsInstanceOfType(error);
}

/// <summary>What an exception has to do with being asked to stop.</summary>
public enum StopMeaning
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Where this process was asked to stop, it is what follows from that.</summary>
    Follows,

    /// <summary>It says that all processes of a run were asked to stop, by way of another.</summary>
    Asked,
}

/// <summary>Tells the user's mistakes and the world's from our own.</summary>
internal sealed class ErrorKinds(IEnumerable<BadInput> badInput, IEnumerable<KnownFailure> known)
{
    private readonly BadInput[] _badInput = [.. badInput];
    private readonly KnownFailure[] _known = [.. known];

    /// <summary>Whether the user's input is wrong; exit code 2.</summary>
    public bool IsBadInput(Exception error) => error is UsageException || _badInput.Any(kind => kind.Includes(error));

    /// <summary>What to print: a line for each thing that is wrong, or the stack trace of a mistake of ours.</summary>
    public IEnumerable<string> Explain(Exception error) => error switch
    {
        ConfigurationException wrong => wrong.Problems.Select(problem => problem.ToString()),
        _ when IsBadInput(error) || IsKnown(error) => [error.Message],
        _ => [$"internal error: {error}"],
    };

    /// <summary>Whether an error comes of being asked to stop, here or in another process.</summary>
    /// <param name="error">The error.</param>
    /// <param name="isAsked">Whether this process was asked.</param>
    public bool IsStop(Exception error, bool isAsked) => (isAsked && error is OperationCanceledException)
        || _known.Any(kind => kind.Includes(error) && (kind.Stop == StopMeaning.Asked || (isAsked && kind.Stop == StopMeaning.Follows)));

    /// <summary>Whether the message says all there is to say.</summary>
    public bool IsKnown(Exception error) => _known.Any(kind => kind.Includes(error));
}
