using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Unreel.Modeling;

/// <summary>The named shapes of <c>models/*.yaml</c>, which travel inside this assembly.</summary>
public static class Presets
{
    private const string Prefix = "models/";
    private const string Suffix = ".yaml";

    /// <summary>The names, in ordinal order, e.g. <c>tiny</c>, <c>s</c>, <c>b</c>.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(Presets).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..^Suffix.Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Finds a shape by name.</summary>
    /// <exception cref="ModelException">There is none of that name; the message lists the names.</exception>
    public static VideoTransformerShape Get(string name)
    {
        using Stream? stream = typeof(Presets).Assembly.GetManifestResourceStream(Prefix + name + Suffix);
        if (stream is null)
            throw new ModelException($"There is no model '{name}'; there are {string.Join(", ", Names)}.");

        using var reader = new StreamReader(stream);
        return Parse(reader.ReadToEnd(), $"model '{name}'");
    }

    /// <summary>Reads a shape from YAML; unknown, duplicate, missing and null keys are errors with line and column.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <exception cref="ModelException">The text is not a shape.</exception>
    public static VideoTransformerShape Parse(string yaml, string name)
    {
        IDeserializer deserializer = new DeserializerBuilder()
            .WithNamingConvention(UnderscoredNamingConvention.Instance)
            .WithDuplicateKeyChecking()
            .WithEnforceRequiredMembers()
            .Build();
        try
        {
            VideoTransformerShape? shape = deserializer.Deserialize<VideoTransformerShape?>(yaml);
            return (shape ?? throw new ModelException($"{name} is empty.")).Checked(name);
        }
        catch (YamlException error)
        {
            throw new ModelException($"{name}, line {error.Start.Line}, column {error.Start.Column}: {error.InnerException?.Message ?? error.Message}", error);
        }
    }
}
