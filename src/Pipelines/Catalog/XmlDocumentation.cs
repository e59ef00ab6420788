using System.Collections.Concurrent;
using System.ComponentModel;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Unreel.Pipelines;

/// <summary>Finds the summary of a property: its <see cref="DescriptionAttribute"/>, or the XML file the compiler wrote beside the assembly.</summary>
internal static partial class XmlDocumentation
{
    private static readonly ConcurrentDictionary<Assembly, Dictionary<string, string>> Known = new();

    public static string? Summary(PropertyInfo property)
    {
        if (property.GetCustomAttribute<DescriptionAttribute>() is { } description)
            return description.Description;

        Type owner = property.DeclaringType!;
        string name = $"P:{owner.FullName?.Replace('+', '.')}.{property.Name}";
        return Known.GetOrAdd(owner.Assembly, Load).GetValueOrDefault(name);
    }

    private static Dictionary<string, string> Load(Assembly assembly)
    {
        string file = Path.ChangeExtension(assembly.Location, ".xml");
        if (assembly.Location.Length == 0 || !File.Exists(file))
            return [];

        try
        {
            return XDocument.Load(file).Descendants("member")
                .Where(member => member.Element("summary") is not null)
                .GroupBy(member => (string?)member.Attribute("name") ?? string.Empty)
                .ToDictionary(group => group.Key, group => Text(group.First().Element("summary")!));
        }
        catch (XmlException)
        {
            // Help without explanations is still help; the file is the compiler's, not the user's.
            return [];
        }
    }

    private static string Text(XElement summary)
    {
        string text = string.Concat(summary.Nodes().Select(node => node switch
        {
            XText words => words.Value,
            XElement { IsEmpty: true } reference => Short((string?)reference.Attribute("cref") ?? (string?)reference.Attribute("name") ?? string.Empty),
            XElement inner => inner.Value,
            _ => string.Empty,
        }));
        return Spaces().Replace(text, " ").Trim();
    }

    private static string Short(string cref) => cref[(cref.LastIndexOf('.') + 1)..];

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
