namespace Unreel.Pipelines;

/// <summary>Takes out of texts what must not leave this machine in a manifest.</summary>
internal static class LocalText
{
    /// <summary>An absolute path becomes <c>path:NAME</c>; a URI loses user, password, query and fragment; other texts stay.</summary>
    public static string WithoutPlaceAndSecrets(string text)
    {
        if (Path.IsPathRooted(text))
            return $"path:{Path.GetFileName(Path.TrimEndingDirectorySeparator(text))}";
        if (!text.Contains("://", StringComparison.Ordinal) || !Uri.TryCreate(text, UriKind.Absolute, out Uri? uri))
            return text;

        return uri.IsFile
            ? $"path:{Path.GetFileName(uri.LocalPath)}"
            : uri.GetComponents(UriComponents.Scheme | UriComponents.Host | UriComponents.Port | UriComponents.Path, UriFormat.UriEscaped);
    }
}
