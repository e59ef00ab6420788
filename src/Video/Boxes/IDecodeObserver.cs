namespace Unreel.Video.Boxes;

/// <summary>Is told what becomes of a pool's processes, on the threads of the pool.</summary>
public interface IDecodeObserver
{
    /// <summary>A process is ready, without a video.</summary>
    void Started();

    /// <summary>A process was given a video.</summary>
    void Busy();

    /// <summary>A process is done with its video, or lost with it.</summary>
    void Idle();

    /// <summary>A process has ended; it has no video in hand.</summary>
    void Ended(DecodeEnd reason);
}

/// <summary>Why a process of a pool ended.</summary>
public enum DecodeEnd
{
    /// <summary>The pool is closed.</summary>
    Closed,

    /// <summary>It has had its share of videos.</summary>
    Retired,

    /// <summary>Its video was no longer wanted.</summary>
    Cancelled,

    /// <summary>Its video took too long, of the clock or of the processor.</summary>
    Time,

    /// <summary>It crashed, was killed, or did what no decoder does.</summary>
    Crashed,
}

/// <summary>Looks on and says nothing.</summary>
internal sealed class NoObserver : IDecodeObserver
{
    public static NoObserver Instance { get; } = new();

    public void Started()
    {
    }

    public void Busy()
    {
    }

    public void Idle()
    {
    }

    public void Ended(DecodeEnd reason)
    {
    }
}
