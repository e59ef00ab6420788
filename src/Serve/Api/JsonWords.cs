using System.Text.Json;
using System.Text.RegularExpressions;

namespace Unreel.Serve.Api;

/// <summary>Says what is wrong with a JSON body in the caller's words: members and places, without the names of this program's types.</summary>
internal static partial class JsonWords
{
    /// <summary>The sentence, without a full stop.</summary>
    public static string Of(JsonException problem)
    {
        string message = problem.Message, names = string.Join(", ", Quoted().Matches(Types().Replace(message, " ")).Select(match => match.Value));
        string place = problem.Path is { Length: > 1 } path ? $" at {path}" : string.Empty;
        return message switch
        {
            _ when message.Contains("could not be mapped", StringComparison.Ordinal) => $"there is no member {names}{place}",
            _ when message.Contains("missing required", StringComparison.Ordinal) => $"{names} is missing{place}",
            _ when message.Contains("uplicate propert", StringComparison.Ordinal) => $"{names} is there twice{place}",
            _ when message.Contains("null", StringComparison.Ordinal) && names.Length > 0 => $"{names} is null{place}",
            _ when message.Contains("could not be converted", StringComparison.Ordinal) => $"the value{place} is of another type than expected",
            _ => $"it is no JSON as expected{place}, line {problem.LineNumber + 1}, byte {problem.BytePositionInLine + 1}",
        };
    }

    [GeneratedRegex("types? '[^']*'", RegexOptions.CultureInvariant)]
    private static partial Regex Types();

    [GeneratedRegex("'[a-z_0-9]{1,64}'", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();
}
