namespace Unreel.Pipelines;

/// <summary>A value of the command line that takes the place of one in the file: <c>--set stage.option[.nested]=value</c>.</summary>
internal sealed class Override
{
    private Override(string text, string[] path, Node? value, Position at) => (Text, Path, Value, At) = (text, path, value, at);

    /// <summary>The override as it was written.</summary>
    public string Text { get; }

    /// <summary>The parts of the target: stage, option, nested options.</summary>
    public IReadOnlyList<string> Path { get; }

    /// <summary>The new value, or null to fall back to the default.</summary>
    public Node? Value { get; }

    /// <summary>How messages name it.</summary>
    public Position At { get; }

    /// <summary>Reads an override; its value is a YAML scalar, <c>[list]</c> or <c>{mapping}</c>, relative to the current folder.</summary>
    public static Override? Parse(string text, string currentFolder, Problems problems)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        TextSource source = new($"--set {text}", currentFolder);
        Position at = new(source, 0, 0);
        string[] path = equals < 0 ? [] : text[..equals].Trim().Split('.');
        if (path.Length == 0 || path.Any(part => part.Length == 0))
        {
            problems.Add(at, "expected stage.option=value.");
            return null;
        }

        int before = problems.Count;
        Node? value = YamlText.Read(text[(equals + 1)..], source, problems, hasPositions: false);
        return problems.Count > before ? null : new Override(text, path, value is ScalarNode { IsNull: true } ? null : value, at);
    }

    /// <summary>Sets the value in <paramref name="options"/>; <paramref name="depth"/> parts of the path are behind us.</summary>
    public MapNode Apply(MapNode options, int depth, Problems problems)
    {
        ScalarNode key = new(At, Path[depth]);
        if (depth == Path.Count - 1)
            return options.With(key, Value);

        switch (options.Find(key.Text))
        {
            case null when Value is null:
                return options;
            case null:
                return options.With(key, Apply(new MapNode(At, []), depth + 1, problems));
            case MapNode inner:
                return options.With(key, Apply(inner, depth + 1, problems));
            default:
                problems.Add(At, $"{string.Join('.', Path.Take(depth + 1))} is no mapping, so it has no '{Path[depth + 1]}'.");
                return options;
        }
    }
}
