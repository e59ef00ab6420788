namespace Unreel.Video.Native;

/// <summary>What a function of <c>libunreel_av</c> answers.</summary>
internal static class NativeStatus
{
    private const int Cancelled = -4;
    private const int Memory = -5;

    /// <summary>Throws for a failure; the message names the video.</summary>
    public static void Check(int status, string name, CancellationToken ct = default)
    {
        if (status >= 0)
            return;

        string reason = LibAv.Reason();
        if (status == Cancelled)
            throw new OperationCanceledException($"{name}: {reason}", ct);
        if (status == Memory)
            throw new InsufficientMemoryException($"{name}: {reason}");

        throw new VideoException($"{name}: {reason}.");
    }
}
