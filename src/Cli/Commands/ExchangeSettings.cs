using System.CommandLine;
using Unreel.Artifacts;

namespace Unreel.Cli.Commands;

/// <summary>Options of the commands that take artifacts elsewhere.</summary>
internal static class ExchangeSettings
{
    public static Option<bool> Lineage { get; } = new("--lineage") { Description = "Take along what the artifacts were made from, and what that was made from." };

    public static Option<bool> Tags { get; } = new("--tags") { Description = "Take along every tag that points to an artifact, not only the one that was named." };

    public static Option<bool> NoReferrers { get; } = new("--no-referrers") { Description = "Leave run records and signatures behind." };

    public static ExchangeOptions Read(ParseResult parsed) => new()
    {
        Lineage = parsed.GetValue(Lineage),
        AllTags = parsed.GetValue(Tags),
        Referrers = !parsed.GetValue(NoReferrers),
    };

    /// <summary>Tells of inputs that the source itself does not have: what came of them is whole without them.</summary>
    public static void TellMissing(IReadOnlyList<LineageInput> missing)
    {
        foreach (LineageInput input in missing)
            Console.Error.WriteLine($"note: the input {input.Reference} ({input.Digest}) is not in the store and was left out");
    }
}
