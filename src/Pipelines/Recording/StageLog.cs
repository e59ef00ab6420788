using System.Globalization;
using System.Text;

namespace Unreel.Pipelines;

/// <summary>
/// What one stage of a run had to say, line by line with the time of day (UTC), in bounded memory: the beginning and the end are kept,
/// and where lines were dropped between them a line says how many. Secrets are taken out.
/// </summary>
internal sealed class StageLog(TimeProvider time)
{
    internal const int HeadLength = 1 << 18;
    internal const int TailLength = 1 << 19;
    internal const int LineLength = 1 << 13;

    private static readonly AsyncLocal<StageLog?> Flowing = new();

    private readonly Lock _lock = new();
    private readonly StringBuilder _head = new();
    private readonly Queue<string> _tail = [];
    private int _tailLength;
    private long _dropped;

    /// <summary>The log of the stage that this flow of work belongs to, or null.</summary>
    public static StageLog? Current
    {
        get => Flowing.Value;
        set => Flowing.Value = value;
    }

    /// <summary>Whether nothing was said.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_lock)
                return _head.Length == 0;
        }
    }

    /// <summary>Adds a text of one line or several.</summary>
    public void Write(string text)
    {
        string stamp = time.GetUtcNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
        lock (_lock)
        {
            foreach (string line in (text.Length > HeadLength ? text[..HeadLength] : text).Split('\n'))
                Add($"{stamp} {SecretText.Hide(line.Length > LineLength ? line[..LineLength] + " …" : line.TrimEnd('\r'))}\n");
        }
    }

    /// <summary>All that is kept.</summary>
    public byte[] ToBytes()
    {
        lock (_lock)
        {
            StringBuilder all = new StringBuilder().Append(_head);
            if (_dropped > 0)
                all.Append(CultureInfo.InvariantCulture, $"… {_dropped} lines are left out here …\n");
            foreach (string line in _tail)
                all.Append(line);
            return Encoding.UTF8.GetBytes(all.ToString());
        }
    }

    private void Add(string line)
    {
        if (_tail.Count == 0 && _head.Length + line.Length <= HeadLength)
        {
            _head.Append(line);
            return;
        }

        _tail.Enqueue(line);
        _tailLength += line.Length;
        for (; _tailLength > TailLength; _dropped++)
            _tailLength -= _tail.Dequeue().Length;
    }
}
