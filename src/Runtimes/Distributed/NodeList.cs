using Unreel.Modeling;

namespace Unreel.Distributed;

/// <summary>Slurm's short form of host names: <c>gpu[03-05,11],login</c>.</summary>
internal static class NodeList
{
    /// <summary>The first host of a list.</summary>
    /// <exception cref="ModelException">The list is empty or a bracket is not closed.</exception>
    public static string First(string list)
    {
        int open = list.IndexOf('[', StringComparison.Ordinal);
        int comma = list.IndexOf(',', StringComparison.Ordinal);
        if (open < 0 || (comma >= 0 && comma < open))
            return Checked(comma < 0 ? list : list[..comma], list);

        int close = list.IndexOf(']', open);
        if (close < 0)
            throw Wrong(list);

        string number = list[(open + 1)..close].Split(',', '-')[0];
        int end = list.IndexOf(',', close);
        return Checked($"{list[..open]}{number}{First(list[(close + 1)..(end < 0 ? list.Length : end)], list)}", list);
    }

    // Hosts may have several brackets: rack[1-2]node[03-05].
    private static string First(string rest, string list) => rest.Length == 0 ? rest : rest.Contains('[', StringComparison.Ordinal) ? First(rest) : Checked(rest, list);

    private static string Checked(string host, string list) => host.Length > 0 && !host.Contains(']', StringComparison.Ordinal) ? host : throw Wrong(list);

    private static ModelException Wrong(string list) => new($"Slurm's list of nodes is '{list}'; expected names such as gpu[03-05,11],login.");
}
