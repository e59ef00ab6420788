using System.CommandLine.Parsing;

namespace Unreel.Cli.Output;

/// <summary>What is wrong with a command line, in words that name no type of the program's.</summary>
internal static class ParseErrors
{
    /// <summary>An error in one line.</summary>
    public static string Text(ParseError error)
    {
        // The parser's own words for a value that does not convert name the .NET type; all its others are fit for people.
        if (!error.Message.Contains("as expected type", StringComparison.Ordinal) || error.SymbolResult is not { Tokens: [.., var last] } result)
            return error.Message;

        (string name, Type type) = result switch
        {
            OptionResult option => (option.Option.Name, option.Option.ValueType),
            ArgumentResult argument => (Named(argument), argument.Argument.ValueType),
            _ => (string.Empty, typeof(object)),
        };
        return $"{name}: '{last.Value}' is {Expected(Nullable.GetUnderlyingType(type) ?? type)}.";
    }

    private static string Named(ArgumentResult argument) => argument.Parent is OptionResult option ? option.Option.Name : argument.Argument.Name;

    private static string Expected(Type type) =>
        type.IsEnum ? $"none of {string.Join(", ", Enum.GetNames(type).Select(name => name.ToLowerInvariant()))}"
        : type == typeof(int) || type == typeof(long) || type == typeof(ulong) ? "no whole number, or too large for one"
        : type == typeof(double) || type == typeof(float) ? "no number"
        : type == typeof(bool) ? "neither true nor false"
        : "nothing that can be used here";
}
