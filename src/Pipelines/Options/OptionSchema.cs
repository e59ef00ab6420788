using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Unreel.Pipelines;

/// <summary>The options a record has, by their names in YAML.</summary>
internal sealed class OptionSchema
{
    private static readonly ConcurrentDictionary<Type, OptionSchema> Known = new();
    private static readonly MethodInfo MemberwiseCloneMethod =
        typeof(object).GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!;

    private readonly Type _type;
    private readonly ConstructorInfo? _constructor;

    private OptionSchema(Type type)
    {
        _type = type;
        _constructor = PositionalConstructor(type);
        Properties = [.. type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(property => property.GetIndexParameters().Length == 0 && (property.SetMethod?.IsPublic == true || Parameter(property) is not null))
            .Select(property => new OptionProperty(property, Parameter(property)))];
    }

    /// <summary>The options, in the order of declaration.</summary>
    public IReadOnlyList<OptionProperty> Properties { get; }

    public static OptionSchema Of(Type type) => Known.GetOrAdd(type, key => new OptionSchema(key));

    public OptionProperty? Find(string name) => Properties.FirstOrDefault(property => property.Name == name);

    /// <summary>An instance with its defaults, or null where a positional record leaves some without.</summary>
    public object? Default() =>
        _constructor is null ? Activator.CreateInstance(_type) : Properties.Any(p => p.IsRequired) ? null : Create(null, []);

    /// <summary>A new instance: a copy of <paramref name="start"/> or the defaults, with <paramref name="values"/> set.</summary>
    public object Create(object? start, Dictionary<OptionProperty, object?> values)
    {
        object made = start is not null ? MemberwiseCloneMethod.Invoke(start, null)!
            : _constructor is null ? Activator.CreateInstance(_type)!
            : _constructor.Invoke([.. _constructor.GetParameters().Select(parameter => Argument(parameter, values))]);
        foreach ((OptionProperty property, object? value) in values)
        {
            if (property.Info.SetMethod is not null)
                property.Info.SetValue(made, value);
        }

        return made;
    }

    private static object? Argument(ParameterInfo parameter, Dictionary<OptionProperty, object?> values) =>
        values.FirstOrDefault(pair => pair.Key.Info.Name == parameter.Name) is { Key: not null } given ? given.Value
        : parameter.HasDefaultValue ? parameter.DefaultValue
        : null;

    private static ConstructorInfo? PositionalConstructor(Type type)
    {
        ConstructorInfo[] all = type.GetConstructors();
        return all.Any(constructor => constructor.GetParameters().Length == 0) && !type.IsValueType
            ? null
            : all.MaxBy(constructor => constructor.GetParameters().Length);
    }

    private ParameterInfo? Parameter(PropertyInfo property) =>
        _constructor?.GetParameters().FirstOrDefault(parameter => parameter.Name == property.Name);
}

/// <summary>One option of a record.</summary>
internal sealed class OptionProperty
{
    public OptionProperty(PropertyInfo info, ParameterInfo? parameter)
    {
        Info = info;
        Name = JsonNamingPolicy.SnakeCaseLower.ConvertName(info.Name);
        IsRequired = parameter is not null ? !parameter.HasDefaultValue : info.IsDefined(typeof(RequiredMemberAttribute));
        IsRunOnly = info.IsDefined(typeof(RunOnlyAttribute));
        Rules = [.. info.GetCustomAttributes<ValidationAttribute>(), .. parameter?.GetCustomAttributes<ValidationAttribute>() ?? []];
    }

    public PropertyInfo Info { get; }

    /// <summary>The name in YAML: snake case.</summary>
    public string Name { get; }

    public Type Type => Info.PropertyType;

    public bool IsRequired { get; }

    public bool IsRunOnly { get; }

    public IReadOnlyList<ValidationAttribute> Rules { get; }
}
