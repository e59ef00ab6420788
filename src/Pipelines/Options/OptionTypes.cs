using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Unreel.Pipelines;

/// <summary>Which shape a type of option has in YAML.</summary>
internal static class OptionTypes
{
    private static readonly Type[] ListTypes =
        [typeof(IReadOnlyList<>), typeof(IReadOnlyCollection<>), typeof(IEnumerable<>), typeof(IList<>), typeof(List<>)];

    private static readonly Type[] MapTypes =
        [typeof(IReadOnlyDictionary<,>), typeof(IDictionary<,>), typeof(Dictionary<,>), typeof(SortedDictionary<,>)];

    /// <summary>The type without <see cref="Nullable{T}"/> around it.</summary>
    public static Type Bare(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    /// <summary>Whether a value is written as one scalar.</summary>
    public static bool IsScalar(Type type) =>
        type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(decimal) || type == typeof(TimeSpan)
        || type == typeof(StageInput) || type == typeof(FileInfo) || IsParsable(type);

    /// <summary>Whether a type reads itself from text.</summary>
    public static bool IsParsable(Type type) =>
        type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IParsable<>) && i.GenericTypeArguments[0] == type);

    /// <summary>The type of a list's items.</summary>
    public static bool IsList(Type type, [NotNullWhen(true)] out Type? item)
    {
        item = type.IsArray ? type.GetElementType()
            : type.IsGenericType && ListTypes.Contains(type.GetGenericTypeDefinition()) ? type.GenericTypeArguments[0]
            : null;
        return item is not null;
    }

    /// <summary>The type of the values of a mapping with free keys.</summary>
    public static bool IsMap(Type type, [NotNullWhen(true)] out Type? value)
    {
        value = type.IsGenericType && MapTypes.Contains(type.GetGenericTypeDefinition()) && type.GenericTypeArguments[0] == typeof(string)
            ? type.GenericTypeArguments[1]
            : null;
        return value is not null;
    }

    /// <summary>The type in words, for messages and help.</summary>
    public static string Words(Type type)
    {
        type = Bare(type);
        return type == typeof(string) ? "text"
            : type == typeof(bool) ? "true or false"
            : type == typeof(float) || type == typeof(double) || type == typeof(decimal) ? "a number"
            : type == typeof(byte) || type == typeof(ushort) || type == typeof(uint) || type == typeof(ulong) ? "a whole number from 0"
            : type.IsPrimitive ? "a whole number"
            : type == typeof(TimeSpan) ? "a duration such as 90s, 5m or 1h30m"
            : type == typeof(MemorySize) ? "an amount of memory such as 512MiB or 8GiB"
            : type == typeof(StageInput) ? "an artifact (kind/name:tag), a path or ${stage}"
            : type == typeof(FileInfo) ? "a file"
            : type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type).Select(EnumText))}"
            : IsList(type, out Type? item) ? $"a list of {Plural(item)}"
            : IsMap(type, out Type? value) ? $"a mapping of names to {Plural(value)}"
            : IsScalar(type) ? $"a {type.Name}"
            : $"a mapping ({string.Join(", ", OptionSchema.Of(type).Properties.Select(property => property.Name))})";
    }

    /// <summary>An enum member in kebab case.</summary>
    public static string EnumText(string member) => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(member);

    /// <summary>A scalar value as YAML would have it.</summary>
    public static string Text(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        Enum member => EnumText(member.ToString()),
        TimeSpan duration => Durations.Format(duration),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? string.Empty,
    };

    private static string Plural(Type item) =>
        item == typeof(string) ? "texts"
        : item == typeof(StageInput) ? "artifacts or paths"
        : item.IsPrimitive && item != typeof(bool) ? "numbers"
        : "values, each " + Words(item);
}
