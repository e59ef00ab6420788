namespace Unreel.Pipelines;

/// <summary>Reads a record from YAML of its own, such as a preset, as strictly as a pipeline file.</summary>
public static class OptionsYaml
{
    /// <summary>Reads a file; messages name it as <paramref name="path"/> gives it.</summary>
    /// <exception cref="ConfigurationException">Keys or values are wrong; all of them are told with line and column.</exception>
    /// <exception cref="UsageException">The file is not there or cannot be opened.</exception>
    public static T ReadFile<T>(string path)
        where T : class
    {
        Problems problems = new();
        return Bind<T>(YamlText.ReadFile(path, problems), new TextSource(path, "."), problems);
    }

    /// <summary>Reads text; messages name it <paramref name="name"/>.</summary>
    /// <exception cref="ConfigurationException">Keys or values are wrong; all of them are told with line and column.</exception>
    public static T Read<T>(string yaml, string name)
        where T : class
    {
        Problems problems = new();
        TextSource source = new(name, ".");
        return Bind<T>(YamlText.Read(yaml, source, problems), source, problems);
    }

    private static T Bind<T>(Node? root, TextSource source, Problems problems)
        where T : class
    {
        problems.ThrowIfAny();
        Position start = new(source, 1, 1);
        MapNode? map = root switch
        {
            null or ScalarNode { IsNull: true } => new MapNode(start, []),
            MapNode found => found,
            _ => null,
        };
        if (map is null)
            problems.Add(root!.At, $"expected a mapping, found {root.Describe()}.");

        OptionsBinder binder = new(problems, output => throw new UsageException($"{source.Name} cannot refer to the output of {output}: it is not a pipeline file."));
        object? bound = map is null ? null : binder.Bind(typeof(T), map, Path.GetFileNameWithoutExtension(source.Name));
        problems.ThrowIfAny();
        return (T)bound!;
    }
}
