using System.CommandLine;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary>A passphrase that comes by an environment variable: on a command line everybody could see it.</summary>
internal static class Passphrase
{
    public static Option<string?> Option(string description) => new("--passphrase-env") { Description = description, HelpName = "NAME" };

    public static string? Read(string? variable)
    {
        if (variable is null)
            return null;

        return Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? text
            : throw new UsageException($"The environment variable {variable} is not set or empty; expected the passphrase of the key in it.");
    }
}
