using System.Text;
using System.Text.Json;
using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Serve.Scoring;

/// <summary>
/// The rows on disk. They are appended to <c>OUT.part</c>, each handed to the system before the next is begun; <c>OUT.part.json</c>
/// says which model they belong to. When all are there, the file takes its name. Killed anywhere, it can be taken up.
/// </summary>
internal sealed class ScoreFile : IDisposable
{
    private readonly string _out;
    private readonly IScoreFormat _format;
    private readonly FileStream _stream;

    private ScoreFile(string path, IScoreFormat format, FileStream stream, IReadOnlyList<FinishedRow> finished) =>
        (_out, _format, _stream, Finished) = (path, format, stream, finished);

    /// <summary>The rows of an earlier run.</summary>
    public IReadOnlyList<FinishedRow> Finished { get; }

    /// <summary>Begins a file, or takes up an earlier one.</summary>
    /// <exception cref="UsageException">There is an earlier one that may be neither taken up nor thrown away, or that belongs to other work.</exception>
    public static ScoreFile Open(ScoreOptions options, IScoreFormat format, Digest model, IReadOnlyList<VideoEntry> videos)
    {
        string part = Part(options.Out);
        bool there = File.Exists(part);
        if (there && options is { Resume: false, Overwrite: false })
            throw new UsageException($"{part} holds the rows of a run that was stopped; go on with --resume, or throw them away with --overwrite.");

        bool resume = there && options.Resume;
        if (resume)
            CheckModel(options.Out, model);

        FileStream? stream = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.Out))!);
            if (!resume)
                File.WriteAllText(Sidecar(options.Out), JsonSerializer.Serialize(new Belonging(model.ToString())));

            stream = new FileStream(part, resume ? FileMode.Open : FileMode.Create, FileAccess.ReadWrite, FileShare.Read);
            return new ScoreFile(options.Out, format, stream, resume ? TakeUp(stream, part, format, videos) : Begin(stream, format));
        }
        catch (Exception problem)
        {
            stream?.Dispose();
            if (problem is IOException or UnauthorizedAccessException)
                throw new UsageException($"{options.Out} cannot be written: {problem.Message}", problem);

            throw;
        }
    }

    /// <summary>Adds a row.</summary>
    public void Add(ScoreRow row)
    {
        _stream.Write(Encoding.UTF8.GetBytes(_format.Write(row)));
        _stream.Flush();
    }

    /// <summary>Gives the file its name.</summary>
    public void Finish()
    {
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
        File.Move(Part(_out), _out, overwrite: true);
        File.Delete(Sidecar(_out));
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static string Part(string path) => path + ".part";

    private static string Sidecar(string path) => path + ".part.json";

    private static void CheckModel(string path, Digest model)
    {
        string text = File.Exists(Sidecar(path)) ? File.ReadAllText(Sidecar(path)) : "nothing";
        if (text != JsonSerializer.Serialize(new Belonging(model.ToString())))
            throw new UsageException($"{Part(path)} cannot be taken up: its rows belong to {text}, expected the model {model}. Throw them away with --overwrite, or choose another --out.");
    }

    private static IReadOnlyList<FinishedRow> Begin(FileStream stream, IScoreFormat format)
    {
        stream.Write(Encoding.UTF8.GetBytes(format.Header));
        stream.Flush();
        return [];
    }

    private static IReadOnlyList<FinishedRow> TakeUp(FileStream stream, string part, IScoreFormat format, IReadOnlyList<VideoEntry> videos)
    {
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        IReadOnlyList<FinishedRow> rows;
        try
        {
            rows = format.Read(bytes);
        }
        catch (FormatException problem)
        {
            throw new UsageException($"{part} cannot be taken up: {problem.Message}. Throw it away with --overwrite.", problem);
        }

        for (int index = 0; index < rows.Count; index++)
        {
            if (index >= videos.Count || rows[index].File != videos[index].Name)
                throw new UsageException($"{part} cannot be taken up: its row {index + 1} is for {rows[index].File}, but the videos have {(index < videos.Count ? videos[index].Name : "no more")} there: they changed. Throw the rows away with --overwrite.");
        }

        // A row that was being written when the run was killed is written anew.
        int header = Encoding.UTF8.GetByteCount(format.Header);
        stream.SetLength(rows.Count > 0 ? rows[^1].End : 0);
        stream.Seek(0, SeekOrigin.End);
        return rows.Count > 0 || header == 0 ? rows : Begin(stream, format);
    }

    private sealed record Belonging(string Model);
}
