namespace Unreel.Pipelines;

/// <summary>The exit codes of every command.</summary>
public static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Failed, though what was asked made sense.</summary>
    public const int Failed = 1;

    /// <summary>Wrong usage, options or input.</summary>
    public const int Usage = 2;

    /// <summary>A gate (parity, accuracy) refused the result.</summary>
    public const int GateRefused = 3;

    /// <summary>More bad items than allowed.</summary>
    public const int TooManyBadItems = 4;

    /// <summary>Cancelled.</summary>
    public const int Cancelled = 130;
}

/// <summary>What the user asked for is wrong: an option, a key, a folder. Exit code 2.</summary>
public class UsageException : Exception
{
    /// <summary>Makes the error; the message names the thing, what was expected and what was found.</summary>
    public UsageException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>A gate refused the result; nothing was published. Exit code 3.</summary>
public sealed class GateRefusedException(string message) : Exception(message);

/// <summary>More items were bad than the user allowed. Exit code 4.</summary>
public sealed class TooManyBadItemsException(string message) : Exception(message);
