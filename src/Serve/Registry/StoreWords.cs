using Unreel.Artifacts;

namespace Unreel.Serve.Registry;

/// <summary>What callers are told of a store's mistakes: the same as its message, without where the store lies.</summary>
internal static class StoreWords
{
    /// <summary>The message for a page or an answer.</summary>
    public static string Of(IArtifactStore store, Exception problem) => problem.Message
        .Replace(store.Location, "the store", StringComparison.Ordinal)
        .Replace(Path.GetTempPath(), string.Empty, StringComparison.Ordinal);
}
