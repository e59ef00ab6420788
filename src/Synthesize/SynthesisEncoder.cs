using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Synthesize;

/// <summary>Writes the videos of a recipe as MP4 files. A file bears its name only when it is whole, so that a second run keeps it.</summary>
internal sealed class SynthesisEncoder(SynthesisSource source, string folder)
{
    private const int FramesAtOnce = 16;

    private readonly Lock _gate = new();
    private int _done;

    /// <summary>Writes every video that is not there yet.</summary>
    /// <exception cref="VideoException">A file cannot be written; the message names it.</exception>
    public void WriteAll(int workers, IProgress<StageProgress> progress, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        int[] missing = [.. Missing()];
        _done = source.Items.Count - missing.Length;
        Report(progress);
        try
        {
            Parallel.ForEach(missing, new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = ct }, index =>
            {
                Write(index, ct);
                lock (_gate)
                {
                    _done++;
                    Report(progress);
                }
            });
        }
        catch (AggregateException e)
        {
            // One full disk stops every worker; its first message says it.
            Exception first = e.Flatten().InnerExceptions[0];
            throw first as VideoException ?? new VideoException($"{folder}: videos cannot be written: {first.Message}", first);
        }
    }

    /// <summary>The file of a video.</summary>
    public string PathOf(int index) => Path.Combine(folder, source.Items[index].Name);

    // What another run left half done goes; what it finished stays.
    private IEnumerable<int> Missing()
    {
        HashSet<string> names = [.. source.Items.Select(item => item.Name)];
        foreach (string path in Directory.EnumerateFiles(folder))
        {
            if (!names.Contains(Path.GetFileName(path)))
                File.Delete(path);
        }

        return Enumerable.Range(0, source.Items.Count).Where(index => !File.Exists(PathOf(index)));
    }

    private void Write(int index, CancellationToken ct)
    {
        using VideoWriter writer = new(PathOf(index), source.Size, source.FrameRate);
        int count = source.FrameCount(index), frameBytes = source.Size.Width * source.Size.Height * 3;
        byte[] pixels = new byte[FramesAtOnce * frameBytes];
        for (int first = 0; first < count; first += FramesAtOnce)
        {
            ct.ThrowIfCancellationRequested();
            int[] frames = [.. Enumerable.Range(first, Math.Min(FramesAtOnce, count - first))];
            source.Render(index, frames, pixels.AsSpan(0, frames.Length * frameBytes));
            for (int i = 0; i < frames.Length; i++)
                writer.Write(pixels.AsSpan(i * frameBytes, frameBytes));
        }

        writer.Finish();
    }

    private void Report(IProgress<StageProgress> progress) => progress.Report(new StageProgress("encoding", _done, source.Items.Count, "videos"));
}
