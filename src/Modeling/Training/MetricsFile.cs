using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Unreel.Modeling;

/// <summary>One step's figures, all of them determined by the work itself.</summary>
/// <param name="Step">The step, from 0.</param>
/// <param name="Epoch">How many times the data was seen before it.</param>
/// <param name="Loss">The loss.</param>
/// <param name="Lr">The learning rate.</param>
/// <param name="GradientNorm">The norm of all gradients together before clipping; null where there is none.</param>
internal readonly record struct StepMetrics(long Step, double Epoch, double Loss, double Lr, double? GradientNorm = null)
{
    /// <summary>What the loss was made of, before weights; null (default) where it is one thing.</summary>
    public IReadOnlyDictionary<string, double>? Parts { get; init; }
}

/// <summary>JSON lines, one a step. After a resume the file goes on as if nothing had happened.</summary>
internal sealed class MetricsFile : IDisposable
{
    /// <summary>The file's name.</summary>
    public const string Name = "metrics.jsonl";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };
    private readonly FileStream _stream;
    private readonly StreamWriter _writer;

    private MetricsFile(FileStream stream, List<StepMetrics> steps)
    {
        (_stream, Steps) = (stream, steps);
        _writer = new StreamWriter(stream) { NewLine = "\n" };
    }

    /// <summary>Every step so far.</summary>
    public List<StepMetrics> Steps { get; }

    /// <summary>Opens the file, keeping the first <paramref name="keep"/> steps and dropping what was written after them.</summary>
    /// <exception cref="ModelException">The file does not hold the steps that a checkpoint says were done.</exception>
    public static MetricsFile Open(string path, long keep)
    {
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            List<StepMetrics> steps = ReadFirst(stream, keep, path, out long length);
            stream.SetLength(length);
            stream.Position = length;
            return new MetricsFile(stream, steps);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Adds a step.</summary>
    public void Add(StepMetrics step)
    {
        Steps.Add(step);
        _writer.WriteLine(JsonSerializer.Serialize(step, Json));
    }

    /// <summary>Hands everything to the operating system.</summary>
    public void Flush() => _writer.Flush();

    /// <summary>Brings what was flushed to the disk; a checkpoint comes after this. May be called on another thread.</summary>
    public void ToDisk() => RandomAccess.FlushToDisk(_stream.SafeFileHandle);

    public void Dispose() => _writer.Dispose();

    private static List<StepMetrics> ReadFirst(FileStream stream, long keep, string path, out long length)
    {
        var steps = new List<StepMetrics>();
        length = 0;
        using var reader = new StreamReader(stream, leaveOpen: true);
        for (long step = 0; step < keep; step++)
        {
            string? line = reader.ReadLine();
            steps.Add(line is null ? throw Damaged(path, keep, step) : Parse(line, path, keep, step));
            length += System.Text.Encoding.UTF8.GetByteCount(line) + 1;
        }

        return steps;
    }

    private static StepMetrics Parse(string line, string path, long keep, long step)
    {
        try
        {
            StepMetrics metrics = JsonSerializer.Deserialize<StepMetrics>(line, Json);
            return metrics.Step == step ? metrics : throw Damaged(path, keep, step);
        }
        catch (JsonException)
        {
            throw Damaged(path, keep, step);
        }
    }

    private static ModelException Damaged(string path, long keep, long step) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"'{path}' should hold the {keep} steps of the checkpoint beside it, but line {step + 1} is not step {step}. Remove the folder to begin again."));
}
