using Unreel.Pipelines;

namespace Unreel.Serve.Http;

/// <summary>A file of keys: one a line, empty lines and those that begin with <c>#</c> left out.</summary>
internal static class KeyFile
{
    private const UnixFileMode OfOthers = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite;
    private const int Longest = 1 << 20;

    /// <summary>Reads the keys.</summary>
    /// <exception cref="UsageException">It is not there, others may read or change it, a line holds more than a key, or there is none.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        List<string> keys = [];
        int number = 0;
        foreach (string line in Lines(path))
        {
            number++;
            string key = line.Trim();
            if (key.Length == 0 || key[0] == '#')
                continue;
            if (key.Any(char.IsWhiteSpace))
                throw new UsageException($"Line {number} of the file of keys {path} holds white space; expected one key a line, and # before remarks.");

            keys.Add(key);
        }

        return keys.Count > 0 ? keys : throw new UsageException($"The file of keys {path} holds no key; expected one a line.");
    }

    private static string[] Lines(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            // Asked of the open file, so that it is the file that is read and no other in its place.
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & OfOthers) is var mode and not UnixFileMode.None)
                throw new UsageException($"The file of keys {path} is open to others ({mode}); expected that only its owner, and a group at most to read: chmod 640 {path}, or defaultMode: 0440 where a cluster mounts it.");
            if (file.Length > Longest)
                throw new UsageException($"The file of keys {path} has {file.Length} bytes; expected at most {Longest}.");

            using StreamReader reader = new(file);
            return reader.ReadToEnd().Split('\n');
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The file of keys {path} cannot be read: {problem.Message}", problem);
        }
    }
}
