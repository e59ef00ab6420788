namespace Unreel.Pipelines;

/// <summary>Clears up what work that is over has left in the work root.</summary>
/// <param name="scope">The run.</param>
/// <param name="hasPeers">Whether other processes work on the same run; they clear up after themselves.</param>
internal sealed class WorkFolders(RunScope scope, bool hasPeers)
{
    /// <summary>The file that is locked by whoever is at work on a key.</summary>
    public string LockPath(StageKey key) => Path.Combine(scope.WorkRoot, "locks", RunScope.ShortKey(key) + ".lock");

    /// <summary>Removes what is left of the work on a key; the caller holds its lock.</summary>
    public void Clear(StageKey key)
    {
        foreach (string folder in Left(key))
            Remove(folder);
    }

    /// <summary>The same for somebody who holds no lock: where another is at work on the key, on purpose once more, the folders are his.</summary>
    public void ClearIfFree(StageKey key)
    {
        SemaphoreSlim turn = scope.TurnOf(key);
        if (Left(key).Length == 0 || !turn.Wait(TimeSpan.Zero))
            return;

        try
        {
            using WorkLock? held = WorkLock.TryTake(LockPath(key));
            if (held is not null)
                Clear(key);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Removes a folder where there is one.</summary>
    public static void Remove(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    // Its own folder, and those that processes beside rank 0 were killed in.
    private string[] Left(StageKey key)
    {
        string own = scope.WorkFolder(key), work = Path.GetDirectoryName(own)!;
        if (!Directory.Exists(work))
            return [];

        string[] ranks = hasPeers ? [] : Directory.GetDirectories(work, $"{RunScope.ShortKey(key)}.rank*");
        return Directory.Exists(own) ? [own, .. ranks] : ranks;
    }
}
