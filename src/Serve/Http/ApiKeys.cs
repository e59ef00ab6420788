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

    private readonly byte[][] _hashes;

    /// <summary>Takes the keys.</summary>
    /// <exception cref="UsageException">A key is shorter than <see cref="ShortestKey"/>.</exception>
    public ApiKeys(IReadOnlyList<string> keys)
    {
        for (int index = 0; index < keys.Count; index++)
        {
            if (keys[index].Length < ShortestKey)
                throw new UsageException($"Key {index + 1} of {keys.Count} in {Variable} has {keys[index].Length} characters; expected at least {ShortestKey}.");
        }

        _hashes = [.. keys.Select(Hash)];
    }

    /// <summary>Whether there is any key: without one, nothing is asked for.</summary>
    public bool Demanded => _hashes.Length > 0;

    /// <summary>Reads the keys out of the value of <see cref="Variable"/>.</summary>
    public static IReadOnlyList<string> Parse(string? value) =>
        (value ?? string.Empty).Split([',', ' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Whether <paramref name="key"/> is one of the keys; takes the same time whichever it is.</summary>
    public bool Accepts(string key)
    {
        byte[] hash = Hash(key);
        bool found = false;
        foreach (byte[] known in _hashes)
            found |= CryptographicOperations.FixedTimeEquals(known, hash);

        return found;
    }

    /// <summary>Whether a request's <c>Authorization</c> opens the server: a bearer key, or, for browsers, a key as the password of basic authentication.</summary>
    internal bool Opens(string? authorization)
    {
        if (!AuthenticationHeaderValue.TryParse(authorization, out AuthenticationHeaderValue? header) || header.Parameter is not { } parameter)
            return false;

        if (header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
            return Accepts(parameter);

        return header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) && Password(parameter) is { } key && Accepts(key);
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
}
