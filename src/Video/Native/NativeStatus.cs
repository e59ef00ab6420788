namespace Unreel.Video.Native;

/// <summary>What a function of <c>libunreel_av</c> answers.</summary>
internal static class NativeStatus
{
    private const int Cancelled = -4;

    /// <summary>Throws for a failure; the message names the video.</summary>
    public static void Check(int status, string name, CancellationToken ct = default)
    {
        if (status >= 0)
            return;

        string reason = LibAv.Reason();
        if (status == Cancelled)
            throw new OperationCanceledException($"{name}: {reason}", ct);

        // Wanting for memory is a video's failing too: damaged sizes ask for more than any machine has.
        throw new VideoException($"{name}: {reason}.");
    }
}
