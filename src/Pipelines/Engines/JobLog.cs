using System.Buffers;
using System.Text;

namespace Unreel.Pipelines;

/// <summary>Follows the logs of a job: each line is told once, when it is whole, with the part it is from.</summary>
internal sealed class JobLog(SubmittedJob job, Action<string, string> tell)
{
    private const int AtOnce = 1 << 20;

    private readonly Dictionary<string, long> _read = [];

    /// <summary>Tells what is new; at the end also a last line without its end.</summary>
    public void Follow(bool isOver)
    {
        string[] files = Directory.Exists(job.LogFolder) ? Directory.GetFiles(job.LogFolder, job.LogPattern) : [];
        foreach (string file in files.Order(StringComparer.Ordinal))
        {
            while (Follow(file, isOver))
            {
                // More than was taken at once.
            }
        }
    }

    private bool Follow(string file, bool isOver)
    {
        // Most logs are quiet most of the time, and of an array there are many.
        long from = _read.GetValueOrDefault(file);
        if (new FileInfo(file) is not { Exists: true } there || there.Length <= from)
            return false;

        byte[] bytes = ArrayPool<byte>.Shared.Rent(AtOnce);
        try
        {
            return Follow(file, from, bytes, isOver);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private bool Follow(string file, long from, byte[] bytes, bool isOver)
    {
        int count;
        using (FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
        {
            stream.Seek(from, SeekOrigin.Begin);
            count = stream.ReadAtLeast(bytes.AsSpan(0, AtOnce), AtOnce, throwOnEndOfStream: false);
        }

        int end = Array.LastIndexOf(bytes, (byte)'\n', Math.Max(0, count - 1), count) + 1;
        if (end == 0 && (isOver || count == AtOnce))
            end = count;
        if (end == 0)
            return false;

        _read[file] = from + end;
        foreach (string line in Encoding.UTF8.GetString(bytes, 0, end).TrimEnd('\n').Split('\n'))
            tell(Part(file), line.TrimEnd('\r'));
        return count == AtOnce;
    }

    // Of parts it is worth knowing which spoke.
    private string Part(string file)
    {
        if (job.Job.Parts is null)
            return string.Empty;

        string name = Path.GetFileNameWithoutExtension(file);
        return $"[part {name[(name.LastIndexOf('_') + 1)..]}] ";
    }
}
