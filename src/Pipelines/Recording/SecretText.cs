using System.Text.RegularExpressions;

namespace Unreel.Pipelines;

/// <summary>Takes out of texts that leave this machine what opens doors: keys in connection strings and URIs, tokens, passwords; and whose home folder it was.</summary>
internal static partial class SecretText
{
    private const string Hidden = "***";

    private static readonly string Home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
    private static readonly Regex HomeFolder = new(Regex.Escape(Home) + @"(?<rest>/|\b)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);

    /// <summary>The text without them.</summary>
    public static string Hide(string text)
    {
        string hidden = HideSecrets(text);
        return Home.Length > 1 ? HomeFolder.Replace(hidden, match => "~" + match.Groups["rest"].Value) : hidden;
    }

    /// <summary>Whether there is a secret in it; a home folder is none.</summary>
    public static bool Holds(string text) => HideSecrets(text) != text;

    private static string HideSecrets(string text)
    {
        string hidden = Pairs().Replace(text, match => match.Groups["name"].Value + Hidden);
        hidden = Authorization().Replace(hidden, match => match.Groups["name"].Value + Hidden);
        return UserOfUri().Replace(hidden, "://");
    }

    // sig= of a shared access signature, AccountKey= of a connection string, and what people call such things.
    [GeneratedRegex(@"(?<name>\b(sig|AccountKey|SharedAccessSignature|SharedAccessKey|[a-z_-]*(password|passwd|secret|token|api[_-]?key)) ?[=:] ?""?)[^\s;&""',]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Pairs();

    [GeneratedRegex(@"(?<name>\b(Bearer|Basic|SharedKey) +)[A-Za-z0-9+/=._~:-]{8,}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Authorization();

    [GeneratedRegex(@"://[^/\s@]+@", RegexOptions.CultureInvariant)]
    private static partial Regex UserOfUri();
}
