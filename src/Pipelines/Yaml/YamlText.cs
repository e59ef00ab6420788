using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Unreel.Pipelines;

/// <summary>Reads one YAML document into nodes; stricter than YAML: no anchors, no tags, no duplicate keys, scalars as keys.</summary>
internal sealed class YamlText
{
    private const int MaxDepth = 64;
    private const int MaxLength = 4 << 20;

    private readonly TextSource _source;
    private readonly Problems _problems;
    private readonly bool _hasPositions;
    private readonly Parser _parser;

    private YamlText(string text, TextSource source, Problems problems, bool hasPositions)
    {
        (_source, _problems, _hasPositions) = (source, problems, hasPositions);
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file; messages name it as it is given here.</param>
    /// <param name="problems">Gets what is wrong in it.</param>
    /// <returns>Its document, or null where it is empty or cannot be read at all.</returns>
    /// <exception cref="UsageException">The file is not there or cannot be opened.</exception>
    public static Node? ReadFile(string path, Problems problems)
    {
        if (string.IsNullOrWhiteSpace(path))
            throw new UsageException("The name of the YAML file is empty.");

        TextSource source = new(path, Path.GetDirectoryName(Path.GetFullPath(path))!);
        if (Directory.Exists(path))
            throw new UsageException($"{path} is a folder; expected a YAML file.");

        try
        {
            FileInfo file = new(path);
            if (file.Exists && file.Length > MaxLength)
                throw new UsageException($"{path} has {file.Length} bytes; a file of options has at most {MaxLength}.");
            return Read(File.ReadAllText(path), source, problems);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UsageException($"There is no file {path} (looked in {Directory.GetCurrentDirectory()}).", e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new UsageException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reads text; with <paramref name="hasPositions"/> false, problems name the source alone.</summary>
    public static Node? Read(string text, TextSource source, Problems problems, bool hasPositions = true)
    {
        YamlText yaml = new(text, source, problems, hasPositions);
        try
        {
            return yaml.Document();
        }
        catch (YamlException e)
        {
            yaml.AddSyntaxProblem(text, e.Start.Equals(Mark.Empty) ? Tab(text) : e.Start, e.Message);
        }
        catch (InvalidOperationException)
        {
            // The scanner's answer to some brackets in the middle of words; it leaves no place, so the last one known is told.
            yaml.AddSyntaxProblem(text, yaml._parser.Current?.End ?? Mark.Empty, "after this, a bracket is where none can be.");
        }

        return null;
    }

    private void AddSyntaxProblem(string text, Mark mark, string message)
    {
        Position at = _hasPositions ? new Position(_source, (int)mark.Line, (int)mark.Column) : new Position(_source, 0, 0);
        string line = text.Split('\n').ElementAtOrDefault((int)mark.Line - 1) ?? string.Empty;
        string hint = line.Contains("${", StringComparison.Ordinal) ? " Inside { } and [ ], a value with ${…} needs quotes." : string.Empty;
        _problems.Add(at, $"this is not YAML: {message}{hint}");
    }

    /// <summary>The parser gives no place for a tab that indents: it is at the first such line.</summary>
    private static Mark Tab(string text)
    {
        string[] lines = text.Split('\n');
        int line = Array.FindIndex(lines, line => line[..^line.TrimStart().Length].Contains('\t', StringComparison.Ordinal));
        return line < 0 ? Mark.Empty : new Mark(0, line + 1, lines[line].IndexOf('\t', StringComparison.Ordinal) + 1);
    }

    private Node? Document()
    {
        _parser.Consume<StreamStart>();
        if (_parser.TryConsume<StreamEnd>(out _))
            return null;

        _parser.Consume<DocumentStart>();
        Node? root = Value(0);
        _parser.Consume<DocumentEnd>();
        if (_parser.Accept<DocumentStart>(out DocumentStart? second))
            _problems.Add(At(second), "a second document begins here; expected one.");

        return root;
    }

    private Node? Value(int depth)
    {
        ParsingEvent next = _parser.Consume<ParsingEvent>();
        if (depth > MaxDepth)
            throw new YamlException(next.Start, next.End, $"values are nested more than {MaxDepth} deep.");
        if (next is NodeEvent node && (!node.Tag.IsEmpty || !node.Anchor.IsEmpty))
            _problems.Add(At(next), "anchors and tags are not supported; refer to the value with ${stage.option}.");

        switch (next)
        {
            case Scalar scalar:
                return new ScalarNode(At(scalar), scalar.Value, scalar.Style == ScalarStyle.Plain);
            case SequenceStart:
                return Sequence(At(next), depth);
            case MappingStart:
                return Mapping(At(next), depth);
            default:
                _problems.Add(At(next), "aliases are not supported; refer to the value with ${stage.option}.");
                return null;
        }
    }

    private ListNode Sequence(Position at, int depth)
    {
        List<Node> items = [];
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            if (Value(depth + 1) is { } item)
                items.Add(item);
        }

        return new ListNode(at, items);
    }

    private MapNode Mapping(Position at, int depth)
    {
        List<MapEntry> entries = [];
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            Node? key = Value(depth + 1);
            Node? value = Value(depth + 1);
            if (key is not ScalarNode name)
                _problems.Add(key?.At ?? at, $"expected a name as key, found {key?.Describe() ?? "an alias"}.");
            else if (entries.FirstOrDefault(entry => entry.Key.Text == name.Text) is { } first)
                _problems.Add(name.At, $"duplicate key '{name.Text}'; it is there already at {first.Key.At}.");
            else if (value is not null)
                entries.Add(new MapEntry(name, value));
        }

        return new MapNode(at, entries);
    }

    private Position At(ParsingEvent e) =>
        _hasPositions ? new Position(_source, (int)e.Start.Line, (int)e.Start.Column) : new Position(_source, 0, 0);
}
