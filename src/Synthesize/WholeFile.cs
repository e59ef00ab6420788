namespace Unreel.Synthesize;

/// <summary>Files that bear their names only when they are whole, so that a second run can keep what it finds.</summary>
internal static class WholeFile
{
    /// <summary>Makes a file, in place of one that is there; what fails leaves nothing behind.</summary>
    /// <param name="path">Its name.</param>
    /// <param name="write">Writes it under the name given, in the same folder.</param>
    public static void Make(string path, Action<string> write)
    {
        string part = path + ".part";
        try
        {
            write(part);
            File.Move(part, path, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }
}
