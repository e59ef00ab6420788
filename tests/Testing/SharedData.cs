using Xunit;

namespace Unreel.Testing;

/// <summary>Real videos and images that lie beside the checkout and are not part of it.</summary>
public static class SharedData
{
    /// <summary>The folder, or null where it is absent.</summary>
    public static string? Root { get; } = Find();

    /// <summary>Why tests that need the data are skipped; null where it is present.</summary>
    public static string? Missing { get; } =
        Root is null ? "The shared data is absent: set UNREEL_SHARED_DATA to a folder like ../shared/data." : null;

    /// <summary>A path below the folder.</summary>
    public static string File(params string[] parts) =>
        Path.Combine([Root ?? throw new InvalidOperationException(Missing), .. parts]);

    private static string? Find()
    {
        string folder = Environment.GetEnvironmentVariable("UNREEL_SHARED_DATA")
            ?? Path.GetFullPath(Path.Combine(RepositoryRoot.Path, "..", "shared", "data"));
        return Directory.Exists(folder) ? folder : null;
    }
}

/// <summary>A fact that needs <see cref="SharedData"/> and is skipped, saying so, where it is absent.</summary>
public sealed class SharedDataFactAttribute : FactAttribute
{
    public SharedDataFactAttribute() => Skip = SharedData.Missing;
}

/// <summary>A theory that needs <see cref="SharedData"/> and is skipped, saying so, where it is absent.</summary>
public sealed class SharedDataTheoryAttribute : TheoryAttribute
{
    public SharedDataTheoryAttribute() => Skip = SharedData.Missing;
}
