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
        string[] inputs = [.. Folders(workRoot, "inputs").Where(folder => Directory.GetLastWriteTimeUtc(folder) < now - options.Grace)];
        string[] work = [.. Folders(workRoot, "work").Where(folder => LastUsed(folder) < now - options.KeepRuns)];
        string[] stale = [.. Files(locks, "*.lock").Where(file => File.GetLastWriteTimeUtc(file) < now - options.KeepRuns)];
        if (!options.Delete)
            return new WorkRootReport(inputs.Length, work.Length, stale.Length, inputs.Concat(work).Sum(SizeOf));

        // A stage that is at work reads its inputs without holding them: while any is, all stay.
        bool isBusy = Files(locks, "*.lock").Any(IsHeld);
        long bytes = 0;
        int removedInputs = isBusy ? 0 : inputs.Count(folder => Remove(folder, InputLock(locks, folder), now - options.Grace, ref bytes));
        int removedWork = work.Count(folder => Remove(folder, WorkLockOf(locks, folder), now - options.KeepRuns, ref bytes));
        return new WorkRootReport(removedInputs, removedWork, stale.Count(Remove), bytes);
    }

    private static string InputLock(string locks, string folder) => Path.Combine(locks, $"input-{Path.GetFileName(folder)[..Math.Min(16, Path.GetFileName(folder).Length)]}.lock");

    // Processes that work on one key together have a folder each and one lock; parts have a lock each.
    private static string WorkLockOf(string locks, string folder) => Path.Combine(locks, Path.GetFileName(folder).Split(".rank")[0] + ".lock");

    /// <summary>Removes a folder that nobody holds and nobody has used since it was looked at.</summary>
    private static bool Remove(string folder, string lockFile, DateTime before, ref long bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(lockFile)!);
        using FileStream? held = TryHold(lockFile);
        if (held is null || Directory.GetLastWriteTimeUtc(folder) >= before)
            return false;

        bytes += SizeOf(folder);
        Directory.Delete(folder, recursive: true);
        File.Delete(lockFile);
        File.Delete(lockFile + ".pid");
        return true;
    }

    private static FileStream? TryHold(string lockFile)
    {
        try
        {
            return new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(lockFile))
        {
            // Somebody is at work there.
            return null;
        }
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
    private static bool Remove(string file)
    {
        try
        {
            using FileStream held = new(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            File.Delete(file);
            File.Delete(file + ".pid");
            return true;
        }
        catch (IOException) when (File.Exists(file))
        {
            // Somebody holds it: it is not stale.
            return false;
        }
    }
}
