namespace Unreel.Cli.Hosting;

/// <summary>Finds the store that a command means where none is named.</summary>
internal static class StoreLocation
{
    /// <summary>The name of a store's folder.</summary>
    public const string FolderName = ".unreel";

    /// <summary>The environment variable that names a store.</summary>
    public const string Variable = "UNREEL_STORE";

    /// <summary>Whether somebody said which store is meant.</summary>
    public static bool IsNamed(string? named) => !string.IsNullOrEmpty(named) || Environment.GetEnvironmentVariable(Variable) is { Length: > 0 };

    /// <summary>What was named, else the environment's, else the nearest <c>.unreel</c> at or above the current folder, else one here.</summary>
    public static string Resolve(string? named)
    {
        if (!string.IsNullOrEmpty(named))
            return named;

        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } variable)
            return variable;

        for (DirectoryInfo? folder = new(Directory.GetCurrentDirectory()); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, FolderName);
            if (Directory.Exists(candidate))
                return candidate;
        }

        return Path.Combine(Directory.GetCurrentDirectory(), FolderName);
    }
}
