using System.CommandLine.Parsing;

namespace Unreel.Cli.Commands;

/// <summary>Names commands in messages.</summary>
internal static class CommandPaths
{
    /// <summary>The command as it is typed, e.g. <c>unreel artifacts show</c>.</summary>
    public static string Path(this CommandResult result)
    {
        List<string> names = [];
        for (SymbolResult? symbol = result; symbol is CommandResult command; symbol = command.Parent)
            names.Insert(0, command.Command.Name);

        return string.Join(' ', names);
    }
}
