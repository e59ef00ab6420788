using System.Collections.Concurrent;
using System.Text.Json;

namespace Unreel.Serve.Observability;

/// <summary>The words of enumerations in figures and logs, in snake_case.</summary>
internal static class Words
{
    /// <summary>The word.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => Cache<T>.Words.GetOrAdd(value, static each => JsonNamingPolicy.SnakeCaseLower.ConvertName(each.ToString()));

    private static class Cache<T>
        where T : struct, Enum
    {
        public static ConcurrentDictionary<T, string> Words { get; } = new();
    }
}
