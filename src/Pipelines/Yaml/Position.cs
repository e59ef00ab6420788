namespace Unreel.Pipelines;

/// <summary>Where text came from: a file, or a <c>--set</c> of the command line.</summary>
/// <param name="Name">How messages name it: a file as the user wrote it, or e.g. <c>--set pretrain.epochs</c>.</param>
/// <param name="BaseFolder">The folder that relative paths in it are relative to.</param>
internal sealed record TextSource(string Name, string BaseFolder);

/// <summary>A place in a source; line and column count from 1, and line 0 means the source as a whole.</summary>
internal readonly record struct Position(TextSource Source, int Line, int Column)
{
    /// <summary>Returns <c>FILE:LINE:COLUMN</c>.</summary>
    public override string ToString() => Line == 0 ? Source.Name : $"{Source.Name}:{Line}:{Column}";
}
