using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>Reads the shape of a pipeline file: what it declares, without looking into references.</summary>
internal sealed class PipelineReader(StageCatalog catalog, Problems problems)
{
    private static readonly string[] TopKeys = ["name", "store", "stages"];
    private static readonly string[] StageKeys = ["stage", "name", "tag", "needs", "matrix", "resources", "options"];

    public ScalarNode? Name { get; private set; }

    public ScalarNode? Store { get; private set; }

    public List<StageDeclaration> Stages { get; } = [];

    public void Read(Node? root, Position start)
    {
        if (Mapping(root, start, "the pipeline", TopKeys) is not { } map)
            return;

        Name = Text(map, "name", "the pipeline's name");
        if (Name is null && map.Find("name") is null)
            problems.Add(map.At, "the pipeline's 'name' is missing; expected lower-case letters and digits with . _ - inside.");
        else if (Name is not null && !ArtifactReference.TryParse($"clips/{Name.Text}", out _, out string? why))
            problems.Add(Name.At, $"name: {why}.");
        Store = Text(map, "store", "store");

        Node? stages = map.Find("stages");
        if (stages is null)
            problems.Add(map.At, "'stages' is missing; expected a mapping of stages.");
        else if (stages is not MapNode { Entries.Count: > 0 } declared)
            problems.Add(stages.At, $"stages: expected a mapping of at least one stage, found {(stages is MapNode ? "none" : stages.Describe())}.");
        else
            declared.Entries.ToList().ForEach(ReadStage);
    }

    private void ReadStage(MapEntry entry)
    {
        string id = entry.Key.Text;
        if (!StageReference.IdPattern().IsMatch(id) || id == "matrix")
        {
            problems.Add(entry.Key.At, $"'{id}' cannot name a stage; expected a lower-case letter, then letters, digits, _ or -, and not 'matrix'.");
            return;
        }

        // "pretrain:" with nothing after it is a stage with defaults only.
        Node body = entry.Value is ScalarNode { IsNull: true } ? new MapNode(entry.Key.At, []) : entry.Value;
        if (Mapping(body, entry.Key.At, $"stage {id}", StageKeys) is not { } map)
            return;

        ScalarNode name = Text(map, "stage", $"{id}.stage") ?? entry.Key;
        if (catalog.Find(name.Text) is not { } stage)
        {
            problems.Add(name.At, $"unknown stage '{name.Text}'{Suggestion.For(name.Text, catalog.Stages.Select(s => s.Name))}");
            return;
        }

        Stages.Add(new StageDeclaration
        {
            Id = id,
            At = entry.Key.At,
            Stage = stage,
            Name = Text(map, "name", $"{id}.name"),
            Tag = Text(map, "tag", $"{id}.tag"),
            Needs = map.Find("needs") is { } needs ? Texts(needs, $"{id}.needs", "stages") : [],
            Matrix = map.Find("matrix") is { } matrix ? Matrix(matrix, id) : [],
            Resources = map.Find("resources") is null ? null : Section(map, "resources", id, entry.Key.At),
            Options = Section(map, "options", id, entry.Key.At),
        });
    }

    private MapNode Section(MapNode stage, string key, string id, Position at)
    {
        switch (stage.Find(key))
        {
            case null:
                return new MapNode(at, []);
            case MapNode options:
                return options;
            case { } other:
                problems.Add(other.At, $"{id}.{key}: expected a mapping, found {other.Describe()}.");
                return new MapNode(at, []);
        }
    }

    private List<MatrixAxis> Matrix(Node node, string id)
    {
        List<MatrixAxis> axes = [];
        if (node is not MapNode { Entries.Count: > 0 } map)
        {
            problems.Add(node.At, $"{id}.matrix: expected a mapping of axes to lists, found {(node is MapNode ? "none" : node.Describe())}.");
            return axes;
        }

        foreach (MapEntry axis in map.Entries)
        {
            IReadOnlyList<ScalarNode> values = Texts(axis.Value, $"{id}.matrix.{axis.Key.Text}", "values");
            if (!StageReference.IdPattern().IsMatch(axis.Key.Text))
                problems.Add(axis.Key.At, $"'{axis.Key.Text}' cannot name an axis; expected a lower-case letter, then letters, digits, _ or -.");
            foreach (ScalarNode twice in values.Where((value, i) => values.Take(i).Any(other => other.Text == value.Text)))
                problems.Add(twice.At, $"{id}.matrix.{axis.Key.Text}: '{twice.Text}' is there twice.");
            foreach (ScalarNode odd in values.Where(value => value.Text.IndexOfAny(['[', ']', ',', '=', '$', '{', '}']) >= 0))
                problems.Add(odd.At, $"{id}.matrix.{axis.Key.Text}: a value cannot have any of [ ] , = $ {{ }}, found {odd.Describe()}.");
            axes.Add(new MatrixAxis(axis.Key.Text, values));
        }

        return axes;
    }

    private IReadOnlyList<ScalarNode> Texts(Node node, string path, string what)
    {
        if (node is not ListNode { Items.Count: > 0 } list)
        {
            problems.Add(node.At, $"{path}: expected a list of {what}, found {(node is ListNode ? "an empty list" : node.Describe())}.");
            return [];
        }

        foreach (Node wrong in list.Items.Where(item => item is not ScalarNode { IsNull: false }))
            problems.Add(wrong.At, $"{path}: expected a single value, found {wrong.Describe()}.");
        return [.. list.Items.OfType<ScalarNode>().Where(item => !item.IsNull)];
    }

    private ScalarNode? Text(MapNode map, string key, string path)
    {
        if (map.Find(key) is not { } node)
            return null;
        if (node is ScalarNode { IsNull: false } scalar)
            return scalar;

        problems.Add(node.At, $"{path}: expected text, found {node.Describe()}.");
        return null;
    }

    private MapNode? Mapping(Node? node, Position start, string what, string[] keys)
    {
        if (node is not MapNode map)
        {
            problems.Add(node?.At ?? start, $"{what}: expected a mapping ({string.Join(", ", keys)}), found {node?.Describe() ?? "nothing"}.");
            return null;
        }

        foreach (MapEntry unknown in map.Entries.Where(entry => !keys.Contains(entry.Key.Text)))
            problems.Add(unknown.Key.At, $"unknown key '{unknown.Key.Text}' of {what}{Suggestion.For(unknown.Key.Text, keys)}");
        return map;
    }
}
