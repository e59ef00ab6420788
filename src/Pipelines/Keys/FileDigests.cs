using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>
/// The digests of files under one folder, remembered by size and time of change, so that a second look at many files is quick.
/// </summary>
internal sealed class FileDigests
{
    // A file changed twice within the resolution of its time stamp looks unchanged, so fresh files are not remembered.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(3);

    private readonly string _cacheFile;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, (long Size, long Ticks, Digest Digest)> _known = new(StringComparer.Ordinal);
    private bool _changed;

    private FileDigests(string cacheFile, TimeProvider time) => (_cacheFile, _time) = (cacheFile, time);

    /// <summary>Loads what is remembered about <paramref name="folder"/> under <paramref name="workRoot"/>.</summary>
    public static FileDigests Load(string folder, string workRoot, TimeProvider time)
    {
        string name = Digest.Of(Encoding.UTF8.GetBytes(Path.GetFullPath(folder))).Hex[..16];
        FileDigests digests = new(Path.Combine(workRoot, "digests", name + ".tsv"), time);
        if (File.Exists(digests._cacheFile))
        {
            foreach (string line in File.ReadLines(digests._cacheFile))
                digests.Remember(line);
        }

        return digests;
    }

    /// <summary>The digest of one file, read in pieces unless it is remembered.</summary>
    public async Task<Digest> OfAsync(FileInfo file, string name, CancellationToken ct)
    {
        (long size, long ticks) = (file.Length, file.LastWriteTimeUtc.Ticks);
        if (_known.TryGetValue(name, out var known) && known.Size == size && known.Ticks == ticks)
            return known.Digest;

        await using FileStream stream = new(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 17, FileOptions.SequentialScan | FileOptions.Asynchronous);
        Digest digest = Digest.FromHash(await SHA256.HashDataAsync(stream, ct));
        if (_time.GetUtcNow().UtcDateTime - file.LastWriteTimeUtc > Settled && !name.AsSpan().ContainsAny('\t', '\n', '\r'))
        {
            _known[name] = (size, ticks, digest);
            _changed = true;
        }

        return digest;
    }

    /// <summary>Writes down what is remembered, atomically; a reader sees all of it or what was there before.</summary>
    public void Save()
    {
        if (!_changed)
            return;

        string lines = string.Concat(_known
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Value.Digest}\t{pair.Value.Size}\t{pair.Value.Ticks}\t{pair.Key}\n")));
        AtomicFile.Write(_cacheFile, Encoding.UTF8.GetBytes(lines));
        _changed = false;
    }

    private void Remember(string line)
    {
        string[] parts = line.Split('\t');
        if (parts.Length == 4 && Digest.TryParse(parts[0], out Digest digest)
            && long.TryParse(parts[1], CultureInfo.InvariantCulture, out long size)
            && long.TryParse(parts[2], CultureInfo.InvariantCulture, out long ticks))
            _known[parts[3]] = (size, ticks, digest);
    }
}
