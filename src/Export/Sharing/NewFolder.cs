using Unreel.Pipelines;

namespace Unreel.Export;

/// <summary>A folder that appears whole or not at all: written under another name, and left nowhere unless it is kept.</summary>
internal sealed class NewFolder : IDisposable
{
    private readonly string _target;

    /// <summary>Begins a folder.</summary>
    /// <param name="target">A folder that is not there, or is empty.</param>
    /// <exception cref="UsageException">There is something.</exception>
    public NewFolder(string target)
    {
        _target = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(target));
        if (File.Exists(_target) || (Directory.Exists(_target) && Directory.EnumerateFileSystemEntries(_target).Any()))
            throw new UsageException($"{_target} is there already; expected a new or an empty folder.");

        string parent = System.IO.Path.GetDirectoryName(_target) ?? throw new UsageException($"{_target} cannot be a new folder.");
        Path = System.IO.Path.Combine(parent, $".{System.IO.Path.GetFileName(_target)}.{Guid.NewGuid():n}.partial");
        Directory.CreateDirectory(Path);
    }

    /// <summary>Where to write.</summary>
    public string Path { get; }

    /// <summary>Gives the folder its name.</summary>
    /// <returns>The name, in full.</returns>
    public string Keep()
    {
        if (Directory.Exists(_target))
            Directory.Delete(_target, recursive: false);

        Directory.Move(Path, _target);
        return _target;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}
