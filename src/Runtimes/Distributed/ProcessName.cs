using System.Globalization;

namespace Unreel.Distributed;

/// <summary>Who a process is.</summary>
/// <param name="Rank">Its rank.</param>
/// <param name="Host">Its machine.</param>
/// <param name="Process">Its number there.</param>
internal readonly record struct ProcessName(int Rank, string Host, int Process)
{
    /// <summary>E.g. <c>rank 1 (node07, process 4711)</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"rank {Rank} ({Host}, process {Process})");
}

/// <summary>What a process says of itself when it joins.</summary>
/// <param name="Name">Who it is.</param>
/// <param name="Count">How many processes it believes there are.</param>
/// <param name="Code">Its version of Unreel and of the libraries: different ones do not train together.</param>
internal sealed record Hello(ProcessName Name, int Count, string Code)
{
    private const char Separator = '\n';

    public static Hello? Parse(string text)
    {
        string[] parts = text.Split(Separator);
        return parts.Length == 5 && Number(parts[0]) is { } rank && Number(parts[2]) is { } process && Number(parts[3]) is { } count
            ? new Hello(new ProcessName(rank, parts[1], process), count, parts[4])
            : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name.Rank}\n{Name.Host}\n{Name.Process}\n{Count}\n{Code}");

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
