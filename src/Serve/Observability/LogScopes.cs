using System.Globalization;

namespace Unreel.Serve.Observability;

/// <summary>What the scopes around an entry of the log say.</summary>
internal static class LogScopes
{
    /// <summary>Finds a value of ours by its name.</summary>
    public static string? Find(IExternalScopeProvider? scopes, string name)
    {
        string? found = null;
        scopes?.ForEachScope(
            (scope, _) =>
            {
                // ASP.NET's own scopes are lists of objects too, under other names.
                if (scope is KeyValuePair<string, object?>[] pairs && Array.Find(pairs, pair => pair.Key == name).Value is { } value)
                    found = Convert.ToString(value, CultureInfo.InvariantCulture);
            },
            0);
        return found;
    }
}
