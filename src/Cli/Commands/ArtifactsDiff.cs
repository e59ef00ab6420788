using System.CommandLine;
using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Cli.Output;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel artifacts diff</c>.</summary>
internal static class ArtifactsDiff
{
    public static Command Create()
    {
        Argument<string> one = new("a") { Description = "The one artifact, as for show." };
        Argument<string> other = new("b") { Description = "The other." };
        Option<bool> all = new("--all") { Description = "Also what is the same." };
        Option<string?> store = StoreOptions.Store();
        Option<bool> json = StoreOptions.Json();
        Command command = new("diff", "Compares two artifacts: how they were made, options, inputs, metrics and files.") { one, other, all, store, json };
        command.SetAction(async (parsed, ct) =>
        {
            IArtifactStore opened = StoreOptions.Open(parsed, store);
            Artifact a = await opened.ReadAsync(await opened.RequireAsync(parsed.GetValue(one)!, ct), ct);
            Artifact b = await opened.ReadAsync(await opened.RequireAsync(parsed.GetValue(other)!, ct), ct);
            Difference[] found = [.. ArtifactDifference.Of(a, b).Where(difference => parsed.GetValue(all) || !difference.IsSame)];
            if (parsed.GetValue(json))
            {
                foreach (Difference difference in found)
                    JsonLine.Write(new JsonObject { ["section"] = difference.Section, ["name"] = difference.Name, ["a"] = difference.A, ["b"] = difference.B, ["isSame"] = difference.IsSame });
            }
            else
                Print(a, b, found);

            return ExitCodes.Done;
        });
        return command;
    }

    private static void Print(Artifact a, Artifact b, Difference[] found)
    {
        Console.WriteLine($"a  {a.Reference}\nb  {b.Reference}");
        if (found.Length == 0)
            Console.WriteLine("no difference");

        foreach (IGrouping<string, Difference> section in found.GroupBy(difference => difference.Section))
        {
            Console.WriteLine(section.Key);
            TextTable table = new(" ", "NAME", "A", "B");
            foreach (Difference difference in section)
                table.Add(difference.IsSame ? " " : "*", difference.Name, difference.A ?? "-", difference.B ?? "-");

            table.Write(Console.Out);
        }
    }
}
