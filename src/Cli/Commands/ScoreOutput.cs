using System.Text.Json.Nodes;
using Unreel.Cli.Output;
using Unreel.Serve.Scoring;

namespace Unreel.Cli.Commands;

/// <summary>Tells what came of scoring: to programs on standard output, to people on standard error.</summary>
internal static class ScoreOutput
{
    public static void Write(ScoreSummary summary, bool json)
    {
        if (json)
        {
            JsonLine.Write(new JsonObject
            {
                ["out"] = summary.Out,
                ["artifact"] = summary.Artifact?.ToString(),
                ["videos"] = summary.Videos,
                ["failed"] = summary.Failed,
                ["resumed"] = summary.Resumed,
                ["seconds"] = summary.Elapsed.TotalSeconds,
                ["model"] = summary.Model.ToString(),
                ["files"] = new JsonArray([.. summary.Files.Select(file => (JsonNode?)file)]),
                ["accuracy"] = summary.Accuracy?.DeepClone(),
            });
        }

        if (summary.AccuracyText is { } accuracy)
            Console.Error.WriteLine(accuracy);
        foreach (string file in summary.Files)
            Console.Error.WriteLine($"wrote {file}");
        Console.Error.WriteLine($"{summary.Out}: {summary.Videos} videos, {summary.Failed} could not be read, in {Units.Duration(summary.Elapsed)}{(summary.Artifact is { } artifact ? $" -> {artifact.Digest}" : string.Empty)}");
    }
}
