using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Unreel.Cli.Tests;

/// <summary>A service of infra/compose.yaml as Docker would start it, with its variables filled in.</summary>
public sealed record ComposeService(string Name, string Image, IReadOnlyList<string> Command, IReadOnlyDictionary<string, string> Environment, string Restart, IReadOnlyList<string> Volumes);

/// <summary>Reads infra/compose.yaml: merge keys, and variables as <c>${NAME:-default}</c> and <c>${NAME:?message}</c>.</summary>
public sealed partial class ComposeFile
{
    private readonly Func<string, string?> _variable;

    private ComposeFile(Func<string, string?> variable) => _variable = variable;

    public static IReadOnlyDictionary<string, ComposeService> Read(string path, Func<string, string?> variable)
    {
        YamlStream yaml = [];
        using (StreamReader reader = new(path))
            yaml.Load(reader);
        ComposeFile file = new(variable);
        YamlMappingNode services = (YamlMappingNode)((YamlMappingNode)yaml.Documents[0].RootNode)["services"];
        return services.ToDictionary(entry => Text(entry.Key), entry => file.Service(Text(entry.Key), Merged((YamlMappingNode)entry.Value)));
    }

    /// <summary>Fills variables in.</summary>
    public string Fill(string text) => Variables().Replace(text, match =>
    {
        string name = match.Groups["name"].Value;
        if (_variable(name) is { Length: > 0 } value)
            return value;
        return match.Groups["how"].Value == ":-" ? match.Groups["rest"].Value : throw new InvalidOperationException($"{name} is not set: {match.Groups["rest"].Value}");
    });

    private ComposeService Service(string name, Dictionary<string, YamlNode> keys) => new(
        name,
        Fill(Text(keys["image"])),
        keys.TryGetValue("command", out YamlNode? command) ? [.. ((YamlSequenceNode)command).Select(word => Fill(Text(word)))] : [],
        keys.TryGetValue("environment", out YamlNode? environment) ? Merged((YamlMappingNode)environment).ToDictionary(entry => entry.Key, entry => Fill(Text(entry.Value))) : [],
        keys.TryGetValue("restart", out YamlNode? restart) ? Text(restart) : "no",
        keys.TryGetValue("volumes", out YamlNode? volumes) ? [.. ((YamlSequenceNode)volumes).Select(volume => Fill(Text(volume)))] : []);

    private static Dictionary<string, YamlNode> Merged(YamlMappingNode map)
    {
        Dictionary<string, YamlNode> merged = [];
        foreach ((YamlNode key, YamlNode value) in map.OrderBy(entry => Text(entry.Key) == "<<" ? 0 : 1))
        {
            if (Text(key) != "<<")
                merged[Text(key)] = value;
            else
            {
                foreach ((string inner, YamlNode theirs) in Merged((YamlMappingNode)value))
                    merged[inner] = theirs;
            }
        }

        return merged;
    }

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    [GeneratedRegex(@"\$\{(?<name>[A-Z_]+)(?<how>:-|:\?)(?<rest>[^}]*)\}", RegexOptions.ExplicitCapture)]
    private static partial Regex Variables();
}
