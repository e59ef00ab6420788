namespace Unreel.Modeling;

/// <summary>Compares the tensors of a file with those a model wants; what differs is allowed by name or refused.</summary>
internal sealed class WeightNamesCheck
{
    private WeightNamesCheck(string[] missing, string[] surplus) => (Missing, Surplus) = (missing, surplus);

    /// <summary>Wanted and absent, as was allowed.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>Present and not wanted, as was allowed.</summary>
    public IReadOnlyList<string> Surplus { get; }

    /// <summary>Compares.</summary>
    /// <param name="path">The file, for errors.</param>
    /// <param name="wanted">What the model wants, under the file's names.</param>
    /// <param name="found">What the file has.</param>
    /// <param name="options">What is allowed.</param>
    /// <exception cref="ModelException">Lists everything that is missing, surplus or of another shape.</exception>
    public static WeightNamesCheck Run(string path, IReadOnlyDictionary<string, long[]> wanted, IReadOnlyDictionary<string, long[]> found, WeightImportOptions options)
    {
        string[] missing = [.. wanted.Keys.Where(name => !found.ContainsKey(name)).Order(StringComparer.Ordinal)];
        string[] surplus = [.. found.Keys.Where(name => !wanted.ContainsKey(name)).Order(StringComparer.Ordinal)];
        string[] misshapen =
        [
            .. wanted.Where(entry => found.TryGetValue(entry.Key, out long[]? shape) && !shape.SequenceEqual(entry.Value))
                .Select(entry => $"{entry.Key} is [{string.Join(", ", found[entry.Key])}], expected [{string.Join(", ", entry.Value)}]"),
        ];
        string[] refused =
        [
            .. Listed("missing", missing.Where(name => !IsAllowed(name, options.AllowMissing)), "--allow-missing NAME initialises one"),
            .. Listed("surplus", surplus.Where(name => !IsAllowed(name, options.AllowSurplus)), "--allow-surplus NAME leaves one out"),
            .. Listed("of another shape", misshapen, "nothing can be done for these"),
        ];
        return refused.Length == 0
            ? new WeightNamesCheck(missing, surplus)
            : throw new ModelException($"{path} does not fit the model. {string.Join(" ", refused)}");
    }

    private static bool IsAllowed(string name, IReadOnlyList<string> patterns) => patterns.Any(pattern =>
        pattern.EndsWith('*') ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : name == pattern);

    private static IEnumerable<string> Listed(string what, IEnumerable<string> names, string remedy)
    {
        string[] all = [.. names];
        if (all.Length > 0)
            yield return $"{all.Length} {what} ({remedy}): {string.Join(", ", all)}.";
    }
}
