namespace Unreel.Video.Boxes;

/// <summary>Why a decoding process was ended, or had ended, while it had a video in hand.</summary>
public enum DecodeStop
{
    /// <summary>Whoever wanted the video no longer does.</summary>
    Cancelled,

    /// <summary>It took more memory than it may.</summary>
    Memory,

    /// <summary>It took longer than it may.</summary>
    Time,

    /// <summary>It took more of the processor's time than it may.</summary>
    Processor,

    /// <summary>It asked the system for what decoding does not need.</summary>
    Forbidden,

    /// <summary>It crashed.</summary>
    Crash,

    /// <summary>Someone killed it: the system, where memory is short, or a person.</summary>
    Killed,

    /// <summary>It answered what no decoder answers.</summary>
    Nonsense,
}

/// <summary>A video was not decoded to its end, because of what it did to the process that decoded it.</summary>
public sealed class DecodeStoppedException : VideoException
{
    /// <summary>Makes the error.</summary>
    public DecodeStoppedException(string message, DecodeStop reason, int process)
        : base(message) => (Reason, ProcessId) = (reason, process);

    /// <summary>Why.</summary>
    public DecodeStop Reason { get; }

    /// <summary>The process that it was.</summary>
    public int ProcessId { get; }
}
