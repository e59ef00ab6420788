using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>What was cleared of a work folder, or would be.</summary>
/// <param name="Inputs">Copies of artifacts that no stage has used lately.</param>
/// <param name="WorkFolders">Folders of work that was given up.</param>
/// <param name="Locks">Files of locks that nobody holds.</param>
/// <param name="Bytes">Their bytes; of files that are links into the store, none.</param>
public sealed record WorkRootReport(int Inputs, int WorkFolders, int Locks, long Bytes);

/// <summary>Clears the folder that stages work in: fetched inputs, left work, stale locks.</summary>
public static class WorkRootSweep
{
    /// <summary>Removes what nobody has used for long, or counts it.</summary>
    /// <param name="workRoot">The folder; null or absent is nothing to do.</param>
    /// <param name="options">Whether to delete; inputs and locks go after the grace, unfinished work after the time that runs are kept.</param>
    /// <param name="time">The clock of ages.</param>
    public static WorkRootReport Run(string? workRoot, CollectionOptions options, TimeProvider time)
    {
        if (workRoot is null || !Directory.Exists(workRoot))
            return new WorkRootReport(0, 0, 0, 0);

        DateTime now = time.GetUtcNow().UtcDateTime;
        string locks = Path.Combine(workRoot, "locks");
        string[] held = [.. Files(locks, "*.lock").Where(IsHeld).Select(file => Path.GetFileNameWithoutExtension(file)!)];

        // A stage that is at work reads its inputs without holding them: while any is, all stay.
        bool isBusy = held.Length > 0;
        string[] inputs = isBusy ? [] : [.. Folders(workRoot, "inputs").Where(folder => Directory.GetLastWriteTimeUtc(folder) < now - options.Grace)];
        string[] work = [.. Folders(workRoot, "work").Where(folder => !held.Contains(Path.GetFileName(folder).Split('.')[0], StringComparer.Ordinal) && LastUsed(folder) < now - options.KeepRuns)];
        string[] stale = [.. Files(locks, "*.lock").Where(file => File.GetLastWriteTimeUtc(file) < now - options.KeepRuns && !IsHeld(file))];
        long bytes = inputs.Concat(work).Sum(SizeOf);
        if (options.Delete)
        {
            foreach (string folder in inputs.Concat(work))
                Directory.Delete(folder, recursive: true);
            foreach (string file in stale)
                Remove(file);
        }

        return new WorkRootReport(inputs.Length, work.Length, stale.Length, bytes);
    }

    private static string[] Folders(string root, string name) =>
        Directory.Exists(Path.Combine(root, name)) ? Directory.GetDirectories(Path.Combine(root, name)) : [];

    private static string[] Files(string folder, string pattern) => Directory.Exists(folder) ? Directory.GetFiles(folder, pattern) : [];

    private static bool IsHeld(string file)
    {
        try
        {
            using FileStream free = new(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static DateTime LastUsed(string folder) =>
        new DirectoryInfo(folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Select(entry => entry.LastWriteTimeUtc).Append(Directory.GetLastWriteTimeUtc(folder)).Max();

    private static long SizeOf(string folder) => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories)
        .Where(file => (file.UnixFileMode & UnixFileMode.UserWrite) != 0).Sum(file => file.Length);

    // Held while it is removed, so that nobody takes it in between.
    private static void Remove(string file)
    {
        try
        {
            using FileStream held = new(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            File.Delete(file);
            File.Delete(file + ".pid");
        }
        catch (IOException) when (File.Exists(file))
        {
            // Somebody has just taken it: it is not stale.
        }
    }
}
