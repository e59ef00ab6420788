using System.Text;
using Unreel.Pipelines;

namespace Unreel.Serve.Scoring;

/// <summary>
/// The rows on disk. They are appended to <c>OUT.part</c>, each handed to the system before the next is begun; <c>OUT.part.json</c>
/// says what they are of. When all are there, the file takes its name. Killed anywhere, it can be taken up. Only one process has it at a time.
/// </summary>
internal sealed class ScoreFile : IDisposable
{
    private readonly string _out;
    private readonly FileStream _stream;

    private ScoreFile(string path, FileStream stream) => (_out, _stream) = (path, stream);

    /// <summary>How many rows an earlier run left.</summary>
    public int Finished { get; private set; }

    /// <summary>Of these, rows of videos that could not be read.</summary>
    public int Failed { get; private set; }

    /// <summary>Opens it, whatever is in it.</summary>
    /// <exception cref="UsageException">It cannot be written, or another process has it.</exception>
    public static ScoreFile Open(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            return new ScoreFile(path, new FileStream(Part(path), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path} cannot be written: {problem.Message}", problem);
        }
    }

    /// <summary>Whether rows of a run that was stopped are there.</summary>
    public static bool IsStopped(string path) => new FileInfo(Part(path)) is { Exists: true, Length: > 0 };

    /// <summary>Where rows are until all are there.</summary>
    public static string Part(string path) => path + ".part";

    /// <summary>Throws away what is in it.</summary>
    public void Begin(ScoreIdentity identity, IScoreFormat format)
    {
        // In this order: of rows that are there it is always said what they are of.
        _stream.SetLength(0);
        ScoreReport.WriteFile(Sidecar(_out), identity.ToJson().ToJsonString());
        Append(format.Header);
    }

    /// <summary>Keeps the rows in it, but for one that was being written when the run was killed.</summary>
    /// <exception cref="UsageException">They are of other work.</exception>
    public void TakeUp(ScoreIdentity identity, IScoreFormat format, IReadOnlyList<VideoEntry> videos)
    {
        string? other = File.Exists(Sidecar(_out)) ? ScoreIdentity.Read(File.ReadAllBytes(Sidecar(_out)), null, Sidecar(_out)).Difference(identity) : "nothing says what its rows are of";
        if (other is not null)
            throw new UsageException($"{Part(_out)} cannot be taken up: {other}. Throw it away with --overwrite and without --resume, or choose another --out.");

        long end = 0;
        foreach (FinishedRow row in Rows(format))
        {
            if (Finished >= videos.Count || row.File != videos[Finished].Name)
                throw new UsageException($"{Part(_out)} cannot be taken up: its row {Finished + 1} is for {row.File}, but the videos have {(Finished < videos.Count ? videos[Finished].Name : "no more")} there: they changed. Throw it away with --overwrite and without --resume.");

            Finished++;
            Failed += row.Error is null ? 0 : 1;
            end = row.End;
        }

        _stream.SetLength(end);
        _stream.Seek(0, SeekOrigin.End);
        if (end == 0)
            Append(format.Header);
    }

    /// <summary>Adds a row.</summary>
    public void Add(ScoreRow row, IScoreFormat format) => Append(format.Write(row));

    /// <summary>Adds a row of another file.</summary>
    public void Add(FinishedRow row) => _stream.Write(row.Bytes.Span);

    /// <summary>Reads the rows from the first on; afterwards others may be added again once the position is at the end.</summary>
    /// <exception cref="UsageException">They are not of this format.</exception>
    public IEnumerable<FinishedRow> Rows(IScoreFormat format)
    {
        _stream.Flush();
        _stream.Seek(0, SeekOrigin.Begin);
        return ScoreReport.Named(format.Read(_stream), Part(_out));
    }

    /// <summary>Throws all rows away.</summary>
    public void Clear()
    {
        _stream.SetLength(0);
        Discard(_out);
    }

    /// <summary>Gives the file its name.</summary>
    public void Finish()
    {
        _stream.Flush(flushToDisk: true);
        File.Move(Part(_out), _out, overwrite: true);
        Discard(_out);
    }

    /// <summary>Removes what is beside the rows while they are incomplete.</summary>
    public static void Discard(string path) => File.Delete(Sidecar(path));

    /// <inheritdoc/>
    public void Dispose()
    {
        // An empty one would only be in the way of those who look at the folder.
        if (_stream.Length == 0)
            File.Delete(Part(_out));
        _stream.Dispose();
    }

    private static string Sidecar(string path) => path + ".part.json";

    private void Append(string text)
    {
        _stream.Write(Encoding.UTF8.GetBytes(text));
        _stream.Flush();
    }
}
