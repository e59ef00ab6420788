namespace Unreel.Serve.Http;

/// <summary>Marks a route that machines ask every few seconds: it makes no figures, no spans, and no lines in the log but at Debug.</summary>
internal sealed class QuietRoute
{
    /// <summary>The mark.</summary>
    public static QuietRoute Instance { get; } = new();
}
