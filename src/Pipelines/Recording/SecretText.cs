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
        string hidden = Pairs().Replace(text, HideValue);
        hidden = ServerKeys().Replace(hidden, match => match.Groups["name"].Value + Hidden);
        hidden = Authorization().Replace(hidden, match => match.Groups["name"].Value + Hidden);
        return UserOfUri().Replace(hidden, "://");
    }

    /// <summary>A value in quotation marks keeps them, so that JSON stays JSON.</summary>
    private static string HideValue(Match match)
    {
        string value = match.Groups["value"].Value;
        string before = value[0] is '"' or '\'' ? value[..1] : string.Empty;
        string after = before.Length == 1 && value.Length > 1 && value[^1] == before[0] ? before : string.Empty;
        return match.Groups["name"].Value + before + Hidden + after;
    }

    // sig= of a shared access signature, AccountKey= of a connection string, UNREEL_KEYS=, and what people call such things, as they are
    // written in commands, in YAML and in JSON. What stands before such a name may be as long as it likes: it is no part of the match.
    [GeneratedRegex(
        @"(?<name>(\bsig|SharedAccessSignature|password|passwd|passphrase|secret|token|keys?)\\?[""']? {0,2}[=:] {0,2}\\?)(?<value>""(?>[^""\\]*(\\.[^""\\]*)*)""?|'[^']*'?|[^\s;&""']+)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Pairs();

    // Keys of the server, with what they are for, wherever they stand: a list of them may be separated by spaces.
    [GeneratedRegex(@"(?<name>\b(inference|management):)[^\s;&""',]{16,}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex ServerKeys();

    [GeneratedRegex(@"(?<name>\b(Bearer|Basic|SharedKey) +)[A-Za-z0-9+/=._~:-]{8,}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Authorization();

    [GeneratedRegex(@"://[^/\s@]+@", RegexOptions.CultureInvariant)]
    private static partial Regex UserOfUri();
}
