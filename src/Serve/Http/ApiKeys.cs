using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Unreel.Pipelines;

namespace Unreel.Serve.Http;

/// <summary>The keys that open a server. Only their hashes are kept, and all are compared in constant time.</summary>
public sealed class ApiKeys
{
    /// <summary>The environment variable that holds keys, separated by commas or white space.</summary>
    public const string Variable = "UNREEL_KEYS";

    /// <summary>The fewest characters a key may have.</summary>
    public const int ShortestKey = 16;

    private static readonly (string Word, KeyScopes Scopes)[] Words = [("inference:", KeyScopes.Inference), ("management:", KeyScopes.All)];

    private readonly Entry[] _given;
    private volatile Entry[] _all;

    /// <summary>Takes the keys.</summary>
    /// <param name="keys">Keys, with or without the word for what they open, see <see cref="ServeOptions.Keys"/>.</param>
    /// <exception cref="UsageException">A key is shorter than <see cref="ShortestKey"/>, or its word is unknown.</exception>
    public ApiKeys(IReadOnlyList<string> keys) => _all = _given = Read(keys, Variable);

    /// <summary>Whether there is any key: without one, nothing is asked for.</summary>
    public bool Demanded => _all.Length > 0;

    /// <summary>Reads the keys out of the value of <see cref="Variable"/>.</summary>
    public static IReadOnlyList<string> Parse(string? value) =>
        (value ?? string.Empty).Split([',', ' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Puts the keys of a file in the place of those it held before; the others stay.</summary>
    /// <exception cref="UsageException">A key is too short, or its word is unknown; the keys before stay.</exception>
    public void SetFromFile(IReadOnlyList<string> keys, string file) => _all = [.. _given, .. Read(keys, file)];

    /// <summary>What a key opens; takes the same time whichever it is.</summary>
    public KeyScopes ScopesOf(string key)
    {
        byte[] hash = Hash(key);
        KeyScopes scopes = KeyScopes.None;
        foreach (Entry known in _all)
        {
            // No branch: a key that is known takes as long as one that is not.
            int same = CryptographicOperations.FixedTimeEquals(known.Hash, hash) ? -1 : 0;
            scopes |= (KeyScopes)((int)known.Scopes & same);
        }

        return scopes;
    }

    /// <summary>What a request's <c>Authorization</c> opens: a bearer key, or, for browsers, a key as the password of basic authentication.</summary>
    internal KeyScopes ScopesOfHeader(string? authorization)
    {
        if (!AuthenticationHeaderValue.TryParse(authorization, out AuthenticationHeaderValue? header) || header.Parameter is not { } parameter)
            return KeyScopes.None;

        if (header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
            return ScopesOf(parameter);

        return header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) && Password(parameter) is { } key ? ScopesOf(key) : KeyScopes.None;
    }

    // Messages count keys and never quote them, not even the word before a colon: it may be part of a key.
    private static Entry[] Read(IReadOnlyList<string> keys, string where)
    {
        List<Entry> entries = [];
        for (int index = 0; index < keys.Count; index++)
        {
            (string word, KeyScopes scopes) = Array.Find(Words, each => keys[index].StartsWith(each.Word, StringComparison.Ordinal));
            string key = word is null ? keys[index] : keys[index][word.Length..];
            if (key.Length < ShortestKey)
                throw new UsageException($"Key {index + 1} of {keys.Count} in {where} has {key.Length} characters; expected at least {ShortestKey}.");
            if (word is null && key.Contains(':', StringComparison.Ordinal))
                throw new UsageException($"Key {index + 1} of {keys.Count} in {where} has a colon but begins neither with inference: nor with management:, the words for what a key may open.");

            entries.Add(new Entry(Hash(key), word is null ? KeyScopes.All : scopes));
        }

        return [.. entries];
    }

    private static string? Password(string parameter)
    {
        byte[] bytes = new byte[parameter.Length];
        if (!Convert.TryFromBase64String(parameter, bytes, out int length))
            return null;

        string pair = Encoding.UTF8.GetString(bytes.AsSpan(0, length));
        int colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : pair[(colon + 1)..];
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private readonly record struct Entry(byte[] Hash, KeyScopes Scopes);
}
