using System.Globalization;

namespace Unreel.Pipelines;

/// <summary>Keeps two processes, or two runs of one, from working on the same key at once; the system frees it when a process dies.</summary>
internal sealed class WorkLock : IDisposable
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly FileStream _file;

    private WorkLock(FileStream file) => _file = file;

    /// <summary>Takes the lock, waiting for whoever holds it if <paramref name="wait"/> says so.</summary>
    /// <param name="path">The lock's file; the process that holds it is named in a file beside it.</param>
    /// <param name="wait">Whether to wait.</param>
    /// <param name="tell">Gets, once, who is waited for.</param>
    /// <param name="time">The clock to wait by.</param>
    /// <param name="ct">Ends the waiting.</param>
    /// <exception cref="WorkLockedException">Somebody holds it, and waiting was not asked for.</exception>
    public static async Task<WorkLock> TakeAsync(string path, bool wait, Action<string> tell, TimeProvider time, CancellationToken ct)
    {
        bool told = false;
        while (true)
        {
            if (TryTake(path) is { } taken)
                return taken;
            if (!wait)
                throw new WorkLockedException(Owner(path));
            if (!told)
                tell($"{Owner(path)} is at work on the same stage with the same options and inputs; waiting for it.");
            told = true;
            await Task.Delay(Retry, time, ct);
        }
    }

    /// <summary>Takes the lock, or says with null that somebody holds it.</summary>
    /// <param name="path">The lock's file.</param>
    public static WorkLock? TryTake(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (TryOpen(path) is not { } file)
            return null;

        AtomicFile.Write(OwnerPath(path), System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
        return new WorkLock(file);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    internal static string Owner(string path)
    {
        string owner = OwnerPath(path);
        return File.Exists(owner) ? $"process {File.ReadAllText(owner).Trim()}" : "another process";
    }

    private static string OwnerPath(string path) => path + ".pid";

    private static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (File.Exists(path) && e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
        {
            // Held by another; a folder that cannot be written throws UnauthorizedAccessException instead.
            return null;
        }
    }
}

/// <summary>Another process is at work on the same stage with the same options and inputs.</summary>
public sealed class WorkLockedException(string owner)
    : Exception($"{owner} is at work on the same stage with the same options and inputs; expected to be alone. Wait for it, or stop it.");
