namespace Unreel.Pipelines;

/// <summary>Finds what a mistyped name was probably meant to be.</summary>
public static class Suggestion
{
    /// <summary>Returns <c>; did you mean 'epochs'?</c>, or the names there are where none is near.</summary>
    public static string For(string found, IEnumerable<string> known)
    {
        string[] names = [.. known];
        string? near = names
            .Select(name => (name, distance: Distance(found, name)))
            .Where(pair => pair.distance <= Math.Max(1, Math.Min(pair.name.Length, found.Length) / 3))
            .OrderBy(pair => pair.distance)
            .Select(pair => pair.name)
            .FirstOrDefault();
        string expected = names.Length == 0 ? "Expected nothing here." : $"Expected one of: {string.Join(", ", names)}.";

        return near is null ? $". {expected}" : $"; did you mean '{near}'? {expected}";
    }

    /// <summary>Edits (insert, delete, replace, swap neighbours) between two words: optimal string alignment.</summary>
    internal static int Distance(string a, string b)
    {
        int[,] cost = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
            cost[i, 0] = i;
        for (int j = 0; j <= b.Length; j++)
            cost[0, j] = j;

        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int replace = cost[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                cost[i, j] = Math.Min(replace, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }

        return cost[a.Length, b.Length];
    }
}
