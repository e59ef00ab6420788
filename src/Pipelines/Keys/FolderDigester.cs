using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>The digest of a folder or file of the user's: of its sorted relative paths, sizes and contents.</summary>
internal sealed class FolderDigester(string workRoot, TimeProvider time, bool remember = true)
{
    /// <summary>Computes the digest; file by file, in constant memory.</summary>
    /// <exception cref="UsageException">There is nothing at <paramref name="path"/>, or it cannot be read.</exception>
    public async Task<Digest> ComputeAsync(string path, string option, CancellationToken ct)
    {
        try
        {
            return await DigestAsync(path, option, ct);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException or PathTooLongException)
        {
            throw new UsageException($"{option}: {path} cannot be read: {e.Message}", e);
        }
    }

    private async Task<Digest> DigestAsync(string path, string option, CancellationToken ct)
    {
        bool isFile = File.Exists(path);
        if (!isFile && !Directory.Exists(path))
            throw new UsageException($"{option}: there is no file or folder {path}, and no artifact is written like that; expected kind/name:tag or a path.");

        string folder = isFile ? Path.GetDirectoryName(path)! : path;
        List<string> names = isFile ? [Path.GetFileName(path)] : Names(path);
        if (names.Count == 0)
            throw new UsageException($"{option}: the folder {path} has no files.");

        FileDigests digests = FileDigests.Load(folder, workRoot, time);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string name in names)
        {
            ct.ThrowIfCancellationRequested();
            FileInfo file = new(Path.Combine(folder, name));
            Digest digest = await digests.OfAsync(file, name, ct);
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name}\0{file.Length}\0{digest}\n")));
        }

        if (remember)
            digests.Save();
        return Digest.FromHash(hash.GetHashAndReset());
    }

    /// <summary>The files of a folder as relative paths with <c>/</c>, in ordinal order; links to folders are followed, circles are not.</summary>
    private static List<string> Names(string root)
    {
        List<string> names = [];
        Stack<(string Folder, string Prefix)> open = new([(root, string.Empty)]);
        HashSet<string> linked = [Path.GetFullPath(root)];
        while (open.TryPop(out var next))
        {
            foreach (FileSystemInfo entry in new DirectoryInfo(next.Folder).EnumerateFileSystemInfos())
            {
                string name = next.Prefix + entry.Name;
                if (entry is not DirectoryInfo)
                    names.Add(name);
                else if (entry.ResolveLinkTarget(returnFinalTarget: true) is not { } target || linked.Add(target.FullName))
                    open.Push((entry.FullName, name + "/"));
            }
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }
}
