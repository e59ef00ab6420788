namespace Unreel.Pipelines;

/// <summary>A YAML value that knows where it was written.</summary>
internal abstract record Node(Position At)
{
    /// <summary>What the value is, for "found …" in messages.</summary>
    public abstract string Describe();
}

/// <summary>A scalar; only a plain one (without quotes) can be a number, a bool or null.</summary>
internal sealed record ScalarNode(Position At, string Text, bool IsPlain = true) : Node(At)
{
    public bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";

    public override string Describe() => IsNull ? "nothing" : IsPlain ? $"'{Text}'" : $"the text \"{Text}\"";
}

/// <summary>A sequence.</summary>
internal sealed record ListNode(Position At, IReadOnlyList<Node> Items) : Node(At)
{
    public override string Describe() => "a list";
}

/// <summary>A mapping without duplicate keys, in the order of writing.</summary>
internal sealed record MapNode(Position At, IReadOnlyList<MapEntry> Entries) : Node(At)
{
    public override string Describe() => "a mapping";

    public Node? Find(string key) => Entries.FirstOrDefault(entry => entry.Key.Text == key)?.Value;

    /// <summary>The same mapping with <paramref name="key"/> set, or taken away where <paramref name="value"/> is null.</summary>
    public MapNode With(ScalarNode key, Node? value)
    {
        List<MapEntry> entries = [.. Entries];
        int index = entries.FindIndex(entry => entry.Key.Text == key.Text);
        if (index >= 0)
            entries.RemoveAt(index);
        if (value is not null)
            entries.Insert(index < 0 ? entries.Count : index, new MapEntry(key, value));

        return this with { Entries = entries };
    }
}

/// <summary>A key with its value.</summary>
internal sealed record MapEntry(ScalarNode Key, Node Value);

/// <summary>The outputs of other stages, as <c>${pretrain}</c> means them.</summary>
/// <param name="At">Where it was written.</param>
/// <param name="Written">The reference as written.</param>
/// <param name="Stages">The stages meant, matrices expanded.</param>
/// <param name="IsMany">Whether a whole matrix is meant, which only a list can take.</param>
internal sealed record OutputNode(Position At, string Written, IReadOnlyList<string> Stages, bool IsMany) : Node(At)
{
    public override string Describe() => $"'{Written}'";
}
