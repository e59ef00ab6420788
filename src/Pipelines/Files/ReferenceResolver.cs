using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Unreel.Pipelines;

/// <summary>Puts values in the place of <c>${stage}</c>, <c>${stage.option}</c> and <c>${matrix.axis}</c>.</summary>
internal sealed class ReferenceResolver(IReadOnlyList<StageInstance> stages, Problems problems)
{
    private readonly List<string> _underway = [];

    /// <summary>Resolves a value of <paramref name="owner"/>'s; null where it refers to an option that is not set.</summary>
    public Node? Resolve(StageInstance owner, Node node) => node switch
    {
        ScalarNode scalar => Scalar(owner, scalar),
        ListNode list => list with { Items = [.. list.Items.Select(item => Resolve(owner, item)).OfType<Node>()] },
        MapNode map => Map(owner, map),
        _ => node,
    };

    /// <summary>Resolves a mapping.</summary>
    public MapNode Map(StageInstance owner, MapNode map) => map with
    {
        Entries = [.. map.Entries
            .Select(entry => (entry.Key, Value: Resolve(owner, entry.Value)))
            .Where(entry => entry.Value is not null)
            .Select(entry => new MapEntry(entry.Key, entry.Value!))],
    };

    /// <summary>The instances that <paramref name="name"/> means to <paramref name="owner"/>: one, or the rest of a matrix.</summary>
    public IReadOnlyList<StageInstance> Find(StageInstance owner, string name, Position at)
    {
        List<StageInstance> named = [.. stages.Where(stage => stage.Id == name || stage.Declaration.Id == name)];
        if (named.Count == 0)
        {
            problems.Add(at, $"there is no stage '{name}'{Suggestion.For(name, stages.Select(stage => stage.Declaration.Id).Distinct())}");
            return [];
        }

        if (named[0].Id == name)
            return named;

        List<StageInstance> paired = [.. named.Where(owner.Pairs)];
        if (paired.Count == 0)
            problems.Add(at, $"no stage of {name}'s matrix pairs with {owner.Id}; there are {string.Join(", ", named.Select(stage => stage.Id))}.");
        return paired;
    }

    private Node? Scalar(StageInstance owner, ScalarNode scalar)
    {
        MatchCollection matches = StageReference.Pattern().Matches(scalar.Text);
        if (matches.Count == 0)
            return scalar;
        if (matches.Count == 1 && matches[0].Length == scalar.Text.Length && matches[0].Groups["inside"].Success)
            return Reference(owner, matches[0].Groups["inside"].Value, scalar.At);

        string text = StageReference.Pattern().Replace(scalar.Text, match =>
            match.Groups["inside"].Success ? Embedded(owner, match, scalar.At) : "${");
        return scalar with { Text = text };
    }

    private string Embedded(StageInstance owner, Match match, Position at)
    {
        int before = problems.Count;
        Node? value = Reference(owner, match.Groups["inside"].Value, at);
        if (value is ScalarNode scalar)
            return scalar.Text;
        if (problems.Count == before)
            problems.Add(at, $"{match.Value} inside a text must be a single value, found {value?.Describe() ?? "nothing"}.");
        return match.Value;
    }

    private Node? Reference(StageInstance owner, string inside, Position at)
    {
        (string name, string? option) = StageReference.Split(inside);
        if (name == "matrix")
            return Axis(owner, option, at);

        IReadOnlyList<StageInstance> found = Find(owner, name, at);
        if (found.Count == 0)
            return null;
        if (option is null)
            return new OutputNode(at, $"${{{inside}}}", [.. found.Select(stage => stage.Id)], found.Count > 1);
        if (found.Count == 1)
            return Option(found[0], option, at);

        problems.Add(at, $"${{{inside}}} means {found.Count} stages ({string.Join(", ", found.Select(stage => stage.Id))}); name one of them.");
        return null;
    }

    private ScalarNode? Axis(StageInstance owner, string? axis, Position at)
    {
        ScalarNode? value = axis is null ? null : owner.ValueOf(axis);
        if (value is null)
            problems.Add(at, $"{owner.Declaration.Id} has no matrix axis '{axis}'{Suggestion.For(axis ?? string.Empty, owner.Cell.Select(v => v.Axis))}");
        return value;
    }

    private Node? Option(StageInstance stage, string path, Position at)
    {
        string where = $"{stage.Id}.{path}";
        if (_underway.Contains(where))
        {
            problems.Add(at, $"values refer to each other in a circle: {string.Join(" → ", _underway.SkipWhile(step => step != where))} → {where}.");
            return null;
        }

        _underway.Add(where);
        Node? value = Written(stage, path, at);
        _underway.RemoveAt(_underway.Count - 1);
        return value;
    }

    private Node? Written(StageInstance stage, string path, Position at)
    {
        Type type = stage.Declaration.Stage.OptionsType;
        Node? written = stage.Declaration.Options;
        object? preset = OptionSchema.Of(type).Default();
        foreach (string part in path.Split('.'))
        {
            OptionSchema schema = OptionSchema.Of(OptionTypes.Bare(type));
            if (schema.Find(part) is not { } property)
            {
                problems.Add(at, $"{stage.Declaration.Id} has no option '{part}' in '{path}'{Suggestion.For(part, schema.Properties.Select(p => p.Name))}");
                return null;
            }

            type = property.Type;
            written = (written as MapNode)?.Find(part);
            preset = preset is null ? null : property.Info.GetValue(preset);
        }

        return written is not null ? Resolve(stage, written) : Preset(preset, at);
    }

    /// <summary>The default that the record itself gives, as if it had been written.</summary>
    private Node? Preset(object? value, Position at)
    {
        if (value is null)
            return null;
        if (OptionTypes.IsScalar(value.GetType()))
            return new ScalarNode(at, OptionTypes.Text(value), value is not string);

        JsonNode json = new OptionsJson((_, input) => input.Text, same => same).Any(value);
        return YamlText.Read(OptionsJson.CanonicalText(json), at.Source, problems, hasPositions: false);
    }
}
