using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;

namespace Unreel.Pipelines;

/// <summary>
/// Makes options records out of YAML, strictly: unknown, missing, null and wrongly typed keys, and values that break
/// a validation attribute, are problems with a position. All problems of a document are found in one go.
/// </summary>
/// <param name="problems">Gets what is wrong.</param>
/// <param name="outputs">Gives the output of a stage, for <c>${stage}</c>.</param>
internal sealed class OptionsBinder(Problems problems, Func<string, StageInput> outputs)
{
    /// <summary>Binds a mapping to a record; null where something is wrong with it.</summary>
    /// <param name="type">The record's type.</param>
    /// <param name="map">The mapping.</param>
    /// <param name="owner">Whose options these are, for messages; e.g. <c>pretrain</c>.</param>
    public object? Bind(Type type, MapNode map, string owner)
    {
        int before = problems.Count;
        object? bound = BindRecord(type, map, owner, null);
        return problems.Count == before ? bound : null;
    }

    private object? BindRecord(Type type, MapNode map, string path, object? start)
    {
        int before = problems.Count;
        OptionSchema schema = OptionSchema.Of(type);
        object? template = start ?? schema.Default();
        Dictionary<OptionProperty, object?> values = [];
        foreach (MapEntry entry in map.Entries)
        {
            if (schema.Find(entry.Key.Text) is { } property)
                BindProperty(property, entry, $"{path}.{property.Name}", template, values);
            else
                problems.Add(entry.Key.At, $"unknown option '{entry.Key.Text}' of {path}{Suggestion.For(entry.Key.Text, schema.Properties.Select(p => p.Name))}");
        }

        foreach (OptionProperty missing in schema.Properties.Where(p => p.IsRequired && start is null && map.Find(p.Name) is null))
            problems.Add(map.At, $"{path}.{missing.Name} is missing; expected {OptionTypes.Words(missing.Type)}.");

        foreach (OptionProperty unset in schema.Properties.Where(p => !p.IsRequired && template is not null && map.Find(p.Name) is null))
            CheckRules(unset, unset.Info.GetValue(template), $"{path}.{unset.Name}", template, map.At, "nothing");

        return problems.Count == before ? Checked(schema, schema.Create(start, values), map, path) : null;
    }

    private void BindProperty(OptionProperty property, MapEntry entry, string path, object? template, Dictionary<OptionProperty, object?> values)
    {
        object? start = template is null ? null : property.Info.GetValue(template);
        if (!TryBind(property.Type, entry.Value, path, start, out object? value))
            return;

        values[property] = value;
        CheckRules(property, value, path, template, entry.Value.At, entry.Value.Describe());
    }

    private void CheckRules(OptionProperty property, object? value, string path, object? template, Position at, string found)
    {
        ValidationContext context = new(template ?? new object()) { MemberName = property.Info.Name, DisplayName = path };
        foreach (ValidationAttribute rule in property.Rules)
        {
            if (rule.GetValidationResult(value, context) is { } failure)
                problems.Add(at, Message(rule, failure, path, found));
        }
    }

    private static string Message(ValidationAttribute rule, ValidationResult failure, string path, string found) => rule switch
    {
        RangeAttribute range when rule.ErrorMessage is null => $"{path}: expected {RangeWords(range)}, found {found}.",
        _ => $"{failure.ErrorMessage?.TrimEnd('.')}; found {found}.",
    };

    internal static string RangeWords(RangeAttribute range)
    {
        string low = OptionTypes.Text(range.Minimum);
        string high = OptionTypes.Text(range.Maximum);
        return $"{low} to {high}{(range.MinimumIsExclusive ? $", above {low}" : string.Empty)}{(range.MaximumIsExclusive ? $", below {high}" : string.Empty)}";
    }

    private object? Checked(OptionSchema schema, object made, MapNode map, string path)
    {
        if (made is not IValidatableObject validatable)
            return made;

        int before = problems.Count;
        foreach (ValidationResult failure in validatable.Validate(new ValidationContext(made)))
        {
            string? member = failure.MemberNames.FirstOrDefault();
            OptionProperty? property = schema.Properties.FirstOrDefault(p => p.Info.Name == member);
            Position at = (property is null ? null : map.Find(property.Name))?.At ?? map.At;
            problems.Add(at, $"{path}: {failure.ErrorMessage}");
        }

        return problems.Count == before ? made : null;
    }

    private bool TryBind(Type type, Node node, string path, object? start, out object? value)
    {
        type = OptionTypes.Bare(type);
        value = node switch
        {
            ScalarNode { IsNull: true } => null,
            OutputNode output => Outputs(type, output, path),
            ScalarNode scalar when OptionTypes.IsScalar(type) => ScalarValues.TryRead(type, scalar, out object? read) ? read : null,
            ListNode list when OptionTypes.IsList(type, out Type? item) => List(type, item, list, path),
            MapNode map when OptionTypes.IsMap(type, out Type? entry) => Map(type, entry, map, path),
            MapNode map when IsRecord(type) => BindRecord(type, map, path, start) ?? Failed.Value,
            _ => null,
        };
        if (value is null)
            problems.Add(node.At, $"{path}: expected {OptionTypes.Words(type)}, found {node.Describe()}.");

        return value is not null && value != Failed.Value;
    }

    private static bool IsRecord(Type type) =>
        !OptionTypes.IsScalar(type) && !OptionTypes.IsList(type, out _) && !OptionTypes.IsMap(type, out _);

    private object? Outputs(Type type, OutputNode node, string path)
    {
        if (type == typeof(StageInput) && !node.IsMany)
            return outputs(node.Stages[0]);
        if (OptionTypes.IsList(type, out Type? item) && item == typeof(StageInput))
            return Sequence(type, item, [.. node.Stages.Select(outputs)]);
        if (type != typeof(StageInput))
            return null;

        problems.Add(node.At, $"{path}: {node.Written} means {node.Stages.Count} stages ({string.Join(", ", node.Stages)}); expected one. Give this stage the same matrix, or name one of them.");
        return Failed.Value;
    }

    private object List(Type type, Type item, ListNode list, string path)
    {
        int before = problems.Count;
        List<object?> items = [];
        for (int i = 0; i < list.Items.Count; i++)
        {
            if (list.Items[i] is OutputNode { IsMany: true } many && item == typeof(StageInput))
                items.AddRange(many.Stages.Select(outputs));
            else if (TryBind(item, list.Items[i], $"{path}[{i}]", null, out object? value))
                items.Add(value);
        }

        return problems.Count == before ? Sequence(type, item, items) : Failed.Value;
    }

    [SuppressMessage("Performance", "CA1859", Justification = "An array or a list, as the option's type asks.")]
    private static object Sequence(Type type, Type item, List<object?> items)
    {
        Array array = Array.CreateInstance(item, items.Count);
        for (int i = 0; i < items.Count; i++)
            array.SetValue(items[i], i);

        return type.IsAssignableFrom(array.GetType()) ? array : Activator.CreateInstance(type, array)!;
    }

    private object Map(Type type, Type valueType, MapNode map, string path)
    {
        int before = problems.Count;
        Type made = type.IsInterface ? typeof(Dictionary<,>).MakeGenericType(typeof(string), valueType) : type;
        IDictionary values = (IDictionary)Activator.CreateInstance(made)!;
        foreach (MapEntry entry in map.Entries)
        {
            if (TryBind(valueType, entry.Value, $"{path}.{entry.Key.Text}", null, out object? value))
                values[entry.Key.Text] = value;
        }

        return problems.Count == before ? values : Failed.Value;
    }

    /// <summary>Stands for a value whose problems are told already.</summary>
    private sealed class Failed
    {
        public static readonly Failed Value = new();
    }
}
