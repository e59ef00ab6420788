namespace Unreel.Artifacts;

/// <summary>Files of keys, read and written with errors that name the file and never what is in it.</summary>
internal static class KeyFiles
{
    private const int Longest = 64 << 10;

    public static string ReadText(string file)
    {
        try
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (stream.Length > Longest)
                throw new SignatureException($"{file} has {stream.Length} bytes; a key in PEM has fewer than {Longest}.");

            using StreamReader reader = new(stream);
            return reader.ReadToEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SignatureException($"The key {file} cannot be read: {e.Message}", e);
        }
    }

    public static void WriteNew(string file, string text, UnixFileMode mode)
    {
        FileStreamOptions how = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            how.UnixCreateMode = mode;

        try
        {
            using StreamWriter writer = new(file, how);
            writer.Write(text.TrimEnd('\n') + "\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SignatureException($"The key {file} cannot be written: {e.Message}", e);
        }
    }
}
