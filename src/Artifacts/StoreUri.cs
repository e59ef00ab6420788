namespace Unreel.Artifacts;

/// <summary>What the text that names a store says: a folder, or a container and how to be admitted to it.</summary>
internal abstract record StoreUri
{
    private const string Development = "UseDevelopmentStorage=true";
    private const string DefaultContainer = "unreel";

    /// <summary>The forms that are understood; the end of every error about one that is not.</summary>
    private const string Expected =
        "Expected a folder, https://ACCOUNT.blob.core.windows.net/CONTAINER (with a SAS or without), or UseDevelopmentStorage=true[;Container=NAME] for Azurite.";

    private StoreUri()
    {
    }

    /// <summary>A folder of this machine.</summary>
    public sealed record Folder(string Path) : StoreUri;

    /// <summary>A container of Azurite, at its usual port or at <paramref name="Endpoint"/>.</summary>
    public sealed record Emulator(Uri? Endpoint, string Container) : StoreUri;

    /// <summary>A container of Azure Blob Storage; the query is a SAS, if there is one.</summary>
    public sealed record Azure(Uri Uri) : StoreUri
    {
        /// <summary>Whether the URI itself admits its bearer.</summary>
        public bool HasSas => Uri.Query.Length > 1;
    }

    /// <summary>Reads the text; errors never repeat a query, which may be a secret.</summary>
    /// <exception cref="StoreException">It is none of the expected forms.</exception>
    public static StoreUri Parse(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            throw new StoreException($"The store's name is empty. {Expected}");

        if (text.StartsWith("UseDevelopmentStorage", StringComparison.OrdinalIgnoreCase))
            return ParseDevelopment(text);

        if (text.Contains("AccountKey=", StringComparison.OrdinalIgnoreCase) || text.Contains("SharedAccessSignature=", StringComparison.OrdinalIgnoreCase))
            throw new StoreException($"Connection strings with keys are not taken. {Expected}");

        if (!text.Contains("://", StringComparison.Ordinal))
            return new Folder(text);

        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri))
            throw new StoreException($"'{text.Split('?')[0]}' is not a URI. {Expected}");

        return uri.Scheme switch
        {
            "file" => new Folder(uri.LocalPath),
            "http" or "https" => ParseContainer(uri),
            _ => throw new StoreException($"A store cannot be at '{uri.Scheme}://'. {Expected}"),
        };
    }

    private static Emulator ParseDevelopment(string text)
    {
        string[] parts = text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string container = DefaultContainer;
        if (!parts[0].Equals(Development, StringComparison.OrdinalIgnoreCase))
            throw new StoreException($"'{parts[0]}' is not understood. {Expected}");

        foreach (string part in parts.Skip(1))
        {
            if (!part.StartsWith("Container=", StringComparison.OrdinalIgnoreCase))
                throw new StoreException($"'{part.Split('=')[0]}' is not understood after {Development}. {Expected}");

            container = part["Container=".Length..];
        }

        return new Emulator(null, CheckContainer(container));
    }

    private static StoreUri ParseContainer(Uri uri)
    {
        string place = uri.GetLeftPart(UriPartial.Path);
        string[] parts = uri.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
            throw new StoreException($"The store {uri.Host} is named with a user or a fragment. {Expected}");

        if (uri.IsLoopback && parts is ["devstoreaccount1", var local] && uri.Query.Length <= 1)
            return new Emulator(new Uri($"{uri.GetLeftPart(UriPartial.Authority)}/devstoreaccount1"), CheckContainer(local));

        if (uri.Scheme != "https" && !uri.IsLoopback)
            throw new StoreException($"The store {place} would be reached without encryption. {Expected}");

        int depth = uri.IsLoopback ? 2 : 1;
        return parts.Length == depth
            ? new Azure(uri)
            : throw new StoreException($"The store {place} does not name exactly one container. {Expected}");
    }

    private static string CheckContainer(string name) =>
        name.Length is >= 3 and <= 63 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && name[0] != '-'
            ? name
            : throw new StoreException($"'{name}' is not a container's name: expected 3 to 63 lower-case letters, digits and '-'.");
}
