namespace Unreel.Testing;

/// <summary>Tests whose whole length is for now and then: the environment variable <c>UNREEL_LONG_TESTS=1</c> asks for it.</summary>
public static class LongTests
{
    /// <summary>Whether it is asked for.</summary>
    public static bool AreAsked { get; } = Environment.GetEnvironmentVariable("UNREEL_LONG_TESTS") == "1";

    /// <summary>A number of repetitions.</summary>
    public static int Count(int usual, int whole) => AreAsked ? whole : usual;
}
