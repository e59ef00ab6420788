using Unreel.Serve.Admission;

namespace Unreel.Serve.OpenInference;

/// <summary>Bounds the memory of all bodies of inference requests together.</summary>
/// <param name="total">Bytes.</param>
internal sealed class InferRoom(long total)
{
    // So many of the largest bodies at once; more of those that are usual.
    private const long Bodies = 4, Least = 64L << 20;

    private static readonly AdmissionRefusal Full = new(TimeSpan.FromSeconds(5), "The server holds as many inference requests as its memory for them takes.");

    private long _taken;

    /// <summary>Bytes that are taken.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>The room of a server.</summary>
    public static InferRoom Of(ServeOptions options) => new(Math.Max(Least, Bodies * Math.Min(options.MaxBodyBytes, Array.MaxLength)));

    /// <summary>Takes room.</summary>
    /// <exception cref="RefusedException">There is not as much.</exception>
    public void Take(long bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= total)
            return;

        Give(bytes);
        throw new RefusedException(Full);
    }

    /// <summary>Gives room back.</summary>
    public void Give(long bytes) => Interlocked.Add(ref _taken, -bytes);
}
