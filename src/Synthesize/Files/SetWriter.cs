using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Synthesize.Files;

/// <summary>
/// Writes the videos of a recipe into a folder, on several threads. Whatever bears its final name there is whole, so that a
/// second run keeps it; whatever else is found was left half done and goes.
/// </summary>
internal abstract class SetWriter(SynthesisSource source, string folder)
{
    private const int FramesAtOnce = 16;

    private readonly Lock _gate = new();
    private int _asked;
    private int _done;

    /// <summary>What summaries call the result, e.g. <c>MP4 files</c>.</summary>
    public abstract string Form { get; }

    /// <summary>The videos.</summary>
    protected SynthesisSource Source => source;

    /// <summary>Where they go.</summary>
    protected string Folder => folder;

    /// <summary>Removes what another recipe left in the folder, whose files bear the same names.</summary>
    public void ClearUnlessOf(SynthesisRecipe recipe)
    {
        string mark = Mark, text = recipe.ToJson();
        if (Directory.Exists(folder) && (!File.Exists(mark) || File.ReadAllText(mark) != text))
            Directory.Delete(folder, recursive: true);

        WholeFile.Make(mark, part => File.WriteAllText(part, text));
    }

    /// <summary>Writes all that is not there yet.</summary>
    /// <returns>The files, in the order of the videos; lists of them are not among these.</returns>
    /// <exception cref="IOException">A file cannot be written; the message names it. The encoder says it with a <see cref="VideoException"/>.</exception>
    public IReadOnlyList<StageFile> WriteAll(int workers, IProgress<StageProgress> progress, CancellationToken ct) =>
        WritePart(new StageShard(0, 1), workers, progress, ct);

    /// <summary>Writes what is not there yet of one part of the units.</summary>
    /// <returns>The files of the part, in the order of the videos.</returns>
    /// <exception cref="IOException">As <see cref="WriteAll"/>.</exception>
    public IReadOnlyList<StageFile> WritePart(StageShard shard, int workers, IProgress<StageProgress> progress, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        RemoveAllBut([.. Names()]);
        int[] missing = [.. Missing(shard)];
        _asked = shard.Of(Units).Sum(VideosIn);
        _done = _asked - missing.Length;
        Report(progress);
        try
        {
            WorkerLoop.Run(missing, workers, index => WriteOne(index, progress, ct), ct);
        }
        catch (ArgumentOutOfRangeException e) when (IsTooLong(e))
        {
            throw new IOException($"{folder}: a file would be longer than the file system or the limit of files' sizes allows.", e);
        }

        return [.. shard.Of(Units).SelectMany(FilesOf)];
    }

    private void WriteOne(int index, IProgress<StageProgress> progress, CancellationToken ct)
    {
        Write(index, ct);
        lock (_gate)
        {
            _done++;
            Report(progress);
        }
    }

    /// <summary>The file that says which recipe the folder is of.</summary>
    public string Mark => folder + ".recipe.json";

    /// <summary>How many units there are that can be finished each by itself: videos, or shards of them.</summary>
    protected virtual int Units => source.Items.Count;

    /// <summary>The videos of a unit.</summary>
    protected virtual int VideosIn(int unit) => 1;

    /// <summary>The videos that have to be written of a part of the units, in ascending order.</summary>
    protected abstract IEnumerable<int> Missing(StageShard part);

    /// <summary>Writes one video; on return it is there under its name, and stays.</summary>
    protected abstract void Write(int index, CancellationToken ct);

    /// <summary>The names in the folder, of files and folders, that finished work may bear.</summary>
    protected abstract IEnumerable<string> Names();

    /// <summary>What was written of a unit.</summary>
    protected abstract IEnumerable<StageFile> FilesOf(int unit);

    /// <summary>A video's name without an extension.</summary>
    protected string StemOf(int index) => Path.GetFileNameWithoutExtension(source.Items[index].Name);

    /// <summary>Draws a video and hands over its frames, one after the other.</summary>
    /// <param name="index">Which video.</param>
    /// <param name="take">Takes a frame: its number, and its pixels [row, column, channel], valid during the call.</param>
    /// <param name="ct">Cancels between frames.</param>
    protected void Draw(int index, Action<int, ReadOnlySpan<byte>> take, CancellationToken ct)
    {
        int count = source.FrameCount(index), frameBytes = source.Size.Width * source.Size.Height * 3;
        byte[] pixels = new byte[FramesAtOnce * frameBytes];
        for (int first = 0; first < count; first += FramesAtOnce)
        {
            ct.ThrowIfCancellationRequested();
            int[] frames = [.. Enumerable.Range(first, Math.Min(FramesAtOnce, count - first))];
            source.Render(index, frames, pixels.AsSpan(0, frames.Length * frameBytes));
            for (int i = 0; i < frames.Length; i++)
                take(first + i, pixels.AsSpan(i * frameBytes, frameBytes));
        }
    }

    // What .NET throws where a file system's limit of a file's length is met.
    private static bool IsTooLong(ArgumentOutOfRangeException error) => error.ParamName == "value" && error.TargetSite?.Module == typeof(FileStream).Module;

    private void RemoveAllBut(HashSet<string> names)
    {
        foreach (FileSystemInfo found in new DirectoryInfo(folder).EnumerateFileSystemInfos().Where(found => !names.Contains(found.Name)))
        {
            if (found is DirectoryInfo below)
                below.Delete(recursive: true);
            else
                found.Delete();
        }
    }

    private void Report(IProgress<StageProgress> progress) => progress.Report(new StageProgress("encoding", _done, _asked, "videos"));
}
