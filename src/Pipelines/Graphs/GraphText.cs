using System.Text;

namespace Unreel.Pipelines;

/// <summary>The graph of a pipeline's stages as lines of text: each stage below those it depends on, joined by lines.</summary>
public static class GraphText
{
    private const string Node = "●";

    // By the directions in which a line leaves a place: up 1, down 2, left 4, right 8.
    private static readonly string[] Lines = [" ", "│", "│", "│", "─", "┘", "┐", "┤", "─", "└", "┌", "├", "─", "┴", "┬", "┼"];

    /// <summary>Draws the graph.</summary>
    /// <param name="stages">The stages, each after those it depends on.</param>
    /// <param name="describe">What is written behind a stage's mark.</param>
    public static IReadOnlyList<string> Draw(IReadOnlyList<PlannedStage> stages, Func<PlannedStage, string> describe)
    {
        Dictionary<string, int> users = stages.ToDictionary(stage => stage.Id, stage => stages.Count(other => other.Dependencies.Contains(stage.Id)));
        List<string?> lanes = [];
        List<(string Graph, string? Words)> lines = [];
        int? ended = null;
        foreach (PlannedStage stage in stages)
        {
            int[] from = [.. stage.Dependencies.Select(id => lanes.IndexOf(id)).Order()];
            foreach (string id in stage.Dependencies)
                users[id]--;

            string?[] after = [.. lanes.Select(id => id is not null && users[id] > 0 ? id : null)];
            int column = Place(from, lanes, after);
            if (from.Length > 1 || (from.Length == 1 && from[0] != column))
                lines.Add((Joint(from, column, lanes, after), null));
            lanes = [.. after];
            Trim(lanes);

            // What begins right below what ended would look as if it were made from it.
            if (from.Length == 0 && ended == column)
                lines.Add((string.Join(' ', lanes.Select(id => id is null ? " " : "│")), null));
            while (lanes.Count <= column)
                lanes.Add(null);
            lanes[column] = stage.Id;
            lines.Add((Row(lanes, column), describe(stage)));
            ended = users[stage.Id] == 0 ? column : null;
            if (ended is not null)
                lanes[column] = null;
            Trim(lanes);
        }

        int width = lines.Count == 0 ? 0 : lines.Max(line => line.Graph.Length);
        return [.. lines.Select(line => line.Words is null ? line.Graph : $"{line.Graph.PadRight(width)} {line.Words}")];
    }

    private static void Trim(List<string?> lanes)
    {
        while (lanes.Count > 0 && lanes[^1] is null)
            lanes.RemoveAt(lanes.Count - 1);
    }

    /// <summary>Below the first of its dependencies that nobody else waits for, else in the first free column.</summary>
    private static int Place(int[] from, List<string?> lanes, string?[] after)
    {
        foreach (int lane in from)
        {
            if (after[lane] is null)
                return lane;
        }

        int free = lanes.IndexOf(null);
        return free < 0 ? lanes.Count : free;
    }

    private static string Row(List<string?> lanes, int column) =>
        string.Join(' ', lanes.Select((id, i) => i == column ? Node : id is null ? " " : "│"));

    private static string Joint(int[] from, int column, List<string?> before, string?[] after)
    {
        int first = Math.Min(from[0], column), last = Math.Max(from[^1], column);
        StringBuilder line = new();
        for (int i = 0; i < Math.Max(before.Count, last + 1); i++)
        {
            bool joins = from.Contains(i) || i == column;
            bool up = i < before.Count && before[i] is not null;
            bool down = i == column || (i < after.Length && after[i] is not null);
            bool left = i > first && i <= last, right = i >= first && i < last;

            // A line that only passes goes over the crossing one.
            int directions = !joins && up ? 3 : (up ? 1 : 0) + (down ? 2 : 0) + (left ? 4 : 0) + (right ? 8 : 0);
            line.Append(Lines[directions]).Append(right ? '─' : ' ');
        }

        return line.ToString().TrimEnd();
    }
}
