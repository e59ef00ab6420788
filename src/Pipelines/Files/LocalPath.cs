namespace Unreel.Pipelines;

/// <summary>Paths as people write them.</summary>
internal static class LocalPath
{
    /// <summary>Whether a text begins with the home folder.</summary>
    public static bool IsHome(string text) => text == "~" || text.StartsWith("~/", StringComparison.Ordinal);

    /// <summary>The full path: relative to <paramref name="baseFolder"/>, and <c>~/</c> to the home folder.</summary>
    public static string Full(string text, string baseFolder) =>
        Path.GetFullPath(IsHome(text) ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + text[1..] : text, baseFolder);
}
