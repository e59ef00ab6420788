using System.Security.Cryptography;
using System.Text;
using Unreel.Modeling;

namespace Unreel.Distributed;

/// <summary>The secret by which the processes of a training know each other. It has no text of its own but <see cref="Text"/>, so that it is not printed unawares.</summary>
public sealed class JoinKey
{
    /// <summary>The environment variable that holds it.</summary>
    public const string Variable = "UNREEL_JOIN_KEY";

    private const int Shortest = 16;
    private const int RandomBytes = 16;

    private JoinKey(string text) => Text = text;

    /// <summary>No secret: enough where only this machine can call.</summary>
    public static JoinKey None { get; } = new(string.Empty);

    /// <summary>The secret itself.</summary>
    internal string Text { get; }

    /// <summary>Reads the environment.</summary>
    /// <param name="place">This process's place: beyond the loopback address there must be a key.</param>
    /// <param name="variable">Gives an environment variable, or null.</param>
    /// <exception cref="ModelException">It is missing or shorter than 16 characters.</exception>
    public static JoinKey Read(Placement place, Func<string, string?> variable)
    {
        const string Advice = $"Make one before the processes are started: export {Variable}=$(openssl rand -hex 16)";
        string text = variable(Variable) ?? string.Empty;
        if (text.Length == 0)
        {
            return place.IsOnLoopback
                ? None
                : throw new ModelException($"The environment variable {Variable} is missing: with MASTER_ADDR '{place.Address}' the processes listen on the network, and know each other by this secret. {Advice}");
        }

        return text.Length >= Shortest
            ? new JoinKey(text)
            : throw new ModelException($"The environment variable {Variable} has {text.Length} characters; expected at least {Shortest}. {Advice}");
    }

    /// <summary>A new one.</summary>
    public static JoinKey Random() => new(RandomNumberGenerator.GetHexString(2 * RandomBytes, lowercase: true));

    /// <summary>Whether another has the same; how long that takes tells nothing of it.</summary>
    internal bool Matches(string other) => CryptographicOperations.FixedTimeEquals(Digest(Text), Digest(other));

    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
