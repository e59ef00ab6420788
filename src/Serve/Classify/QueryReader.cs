using System.Globalization;
using Unreel.Serve.Http;

namespace Unreel.Serve.Classify;

/// <summary>Reads a query strictly: what is not known, given twice or out of its range is refused by name.</summary>
internal sealed class QueryReader
{
    private readonly IQueryCollection _query;

    /// <summary>Takes a query.</summary>
    /// <exception cref="RequestException">A parameter is not among <paramref name="known"/>, or given twice (400).</exception>
    public QueryReader(IQueryCollection query, params ReadOnlySpan<string> known)
    {
        _query = query;
        foreach ((string name, var values) in query)
        {
            if (!known.Contains(name))
                throw Refused($"There is no parameter '{name}'; there {(known.Length == 1 ? "is" : "are")} {string.Join(", ", known!)}.");
            if (values.Count > 1)
                throw Refused($"{name} is given {values.Count} times; expected once.");
        }
    }

    /// <summary>The text of a parameter; null where it is absent or empty.</summary>
    public string? Text(string name) => _query[name] is [{ Length: > 0 } text] ? text : null;

    /// <summary>A whole number.</summary>
    /// <param name="name">The parameter.</param>
    /// <param name="least">The least allowed.</param>
    /// <param name="most">The most allowed.</param>
    /// <param name="why">What follows the range in the message.</param>
    public int? Whole(string name, int least, int most, string why = "")
    {
        if (Text(name) is not { } text)
            return null;

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most
            ? value
            : throw Refused($"{name} is '{text}'; expected a whole number from {least} to {most}{why}.");
    }

    /// <summary>A positive number of seconds.</summary>
    public double? Seconds(string name, double most)
    {
        if (Text(name) is not { } text)
            return null;

        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value > 0 && value <= most
            ? value
            : throw Refused($"{name} is '{text}'; expected seconds, more than 0 and at most {most.ToString(CultureInfo.InvariantCulture)}.");
    }

    /// <summary>Yes or no; absent means no.</summary>
    public bool Flag(string name) => Text(name) switch
    {
        null or "0" or "false" => false,
        "1" or "true" => true,
        { } text => throw Refused($"{name} is '{text}'; expected 1 or 0."),
    };

    /// <summary>A refusal of the query.</summary>
    public static RequestException Refused(string message) => new(StatusCodes.Status400BadRequest, message);
}
