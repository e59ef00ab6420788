namespace Unreel.Pipelines;

/// <summary>A pipeline: stages with their options, in an order that respects what feeds what.</summary>
public sealed class PipelineFile
{
    /// <summary>The folder that holds store and working files by default, beside the pipeline file.</summary>
    public const string DefaultStore = ".unreel";

    internal PipelineFile(string name, string? path, string folder, string store, IReadOnlyList<PlannedStage> stages) =>
        (Name, FilePath, Folder, Store, Stages) = (name, path, folder, store, stages);

    /// <summary>The pipeline's name.</summary>
    public string Name { get; }

    /// <summary>The file it was read from; null where a single stage was named on the command line.</summary>
    public string? FilePath { get; }

    /// <summary>The folder of the file, or the current one.</summary>
    public string Folder { get; }

    /// <summary>Where its artifacts are kept: a full path or a URI, which may carry a secret.</summary>
    public string Store { get; }

    /// <summary>The stages, each after those it depends on.</summary>
    public IReadOnlyList<PlannedStage> Stages { get; }

    /// <summary>The files it was read from, as full paths: when one changes, the pipeline may be another.</summary>
    internal IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>The stages that run where none is named: all but those that an override left without use.</summary>
    public IEnumerable<PlannedStage> UsedStages => Stages.Where(stage => !Unused.ContainsKey(stage.Id));

    /// <summary>The stages that an override left without use, by id, with the reason they are left out.</summary>
    internal IReadOnlyDictionary<string, string> Unused { get; init; } = new Dictionary<string, string>();

    /// <summary>Where the lock file belongs; null for a single stage.</summary>
    public string? LockPath => FilePath is null ? null : Path.Combine(Folder, Path.GetFileNameWithoutExtension(FilePath) + ".lock.json");

    /// <summary>Reads and checks a pipeline file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="catalog">The stages there are.</param>
    /// <param name="overrides">Values of the command line: <c>stage.option[.nested]=value</c>; relative paths in them are relative to the current folder.</param>
    /// <exception cref="ConfigurationException">Something in it is wrong; all of it is told, with positions.</exception>
    /// <exception cref="UsageException">The file cannot be read.</exception>
    public static PipelineFile Load(string path, StageCatalog catalog, IReadOnlyList<string>? overrides = null)
    {
        Problems problems = new();
        Node? root = YamlText.ReadFile(path, problems);
        problems.ThrowIfAny();

        PipelineReader reader = new(catalog, problems);
        TextSource source = new(path, Path.GetDirectoryName(Path.GetFullPath(path))!);
        reader.Read(root, new Position(source, 1, 1));
        List<Override> given = [.. Parsed(overrides ?? [], problems)];
        string name = reader.Name?.Text ?? "pipeline";
        IReadOnlyList<PlannedStage> planned = new Planner(name, Overridden(reader.Stages, given, problems), problems).Plan();
        problems.ThrowIfAny();

        return new PipelineFile(name, path, source.BaseFolder, StoreLocation(reader.Store?.Text ?? DefaultStore, source.BaseFolder), planned)
        {
            Sources = [Path.GetFullPath(path)],
            Unused = UnusedStages.Find(planned, given, some => new Planner(name, Overridden(reader.Stages, some, new Problems()), new Problems()).Plan()),
        };
    }

    /// <summary>Makes a pipeline of one stage, as <c>unreel pretrain --config FILE --set epochs=3</c> asks.</summary>
    /// <param name="stage">The stage's name.</param>
    /// <param name="catalog">The stages there are.</param>
    /// <param name="config">A YAML file with the stage's options, or null.</param>
    /// <param name="overrides">Values of the command line: <c>option[.nested]=value</c>.</param>
    /// <param name="name">The name of its artifact; the stage's name by default.</param>
    /// <param name="tag">The tag it moves; <c>latest</c> by default.</param>
    /// <param name="store">Where artifacts are kept; by default <c>.unreel</c> in the current folder.</param>
    /// <exception cref="UsageException">Something is wrong; all of it is told.</exception>
    public static PipelineFile ForStage(
        string stage, StageCatalog catalog, string? config, IReadOnlyList<string>? overrides = null, string? name = null, string? tag = null, string? store = null)
    {
        StageDescription description = catalog.Get(stage);
        string folder = Directory.GetCurrentDirectory();
        Problems problems = new();
        Position commandLine = new(new TextSource($"unreel {stage}", folder), 0, 0);
        MapNode options = Options(config, stage, commandLine, problems);
        foreach (Override given in Parsed(overrides ?? [], problems))
            options = given.Apply(options, 0, problems);

        StageDeclaration declaration = new()
        {
            Id = stage,
            At = options.At,
            Stage = description,
            Name = new ScalarNode(commandLine, name ?? stage, false),
            Tag = tag is null ? null : new ScalarNode(commandLine, tag, false),
            Options = options,
        };
        IReadOnlyList<PlannedStage> planned = new Planner(stage, [declaration], problems).Plan();
        problems.ThrowIfAny();

        return new PipelineFile(stage, null, folder, StoreLocation(store ?? DefaultStore, folder), planned)
        {
            Sources = config is null ? [] : [Path.GetFullPath(config)],
        };
    }

    /// <summary>A store as written, made independent of the current folder: URIs and connection strings stay, folders become full paths.</summary>
    public static string StoreLocation(string text, string baseFolder) =>
        text.Contains("://", StringComparison.Ordinal) || text.Contains('=', StringComparison.Ordinal) ? text : LocalPath.Full(text, baseFolder);

    private static MapNode Options(string? config, string stage, Position commandLine, Problems problems)
    {
        if (config is null)
            return new MapNode(commandLine, []);

        switch (YamlText.ReadFile(config, problems))
        {
            case MapNode map:
                return map;
            case null or ScalarNode { IsNull: true }:
                return new MapNode(commandLine, []);
            case { } other:
                problems.Add(other.At, $"expected a mapping with the options of {stage}, found {other.Describe()}.");
                return new MapNode(commandLine, []);
        }
    }

    private static IEnumerable<Override> Parsed(IReadOnlyList<string> overrides, Problems problems) =>
        overrides.Select(text => Override.Parse(text, Directory.GetCurrentDirectory(), problems)).OfType<Override>();

    private static List<StageDeclaration> Overridden(IReadOnlyList<StageDeclaration> stages, IReadOnlyList<Override> overrides, Problems problems)
    {
        List<StageDeclaration> changed = [.. stages];
        foreach (Override given in overrides)
        {
            int index = changed.FindIndex(stage => stage.Id == given.Path[0]);
            if (index < 0)
                problems.Add(given.At, $"there is no stage '{given.Path[0]}'{Suggestion.For(given.Path[0], changed.Select(stage => stage.Id))}");
            else if (given.Path.Count == 1)
                problems.Add(given.At, $"expected {given.Path[0]}.OPTION=value.");
            else
                changed[index] = changed[index] with { Options = given.Apply(changed[index].Options, 1, problems) };
        }

        return changed;
    }
}
