namespace Unreel.Artifacts;

/// <summary>The files of a layout that is read: a folder, or an archive.</summary>
internal interface ILayoutFiles
{
    /// <summary>Where it is, for messages.</summary>
    string Location { get; }

    /// <summary>A file's size; null where there is none.</summary>
    /// <exception cref="StoreException">There is something else than a file.</exception>
    long? Size(string path);

    /// <summary>Opens a file that is there.</summary>
    Stream Open(string path);
}
