using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Unreel.Video;
using Unreel.Video.Boxes;

namespace Unreel.Serve.Decoding;

/// <summary>Decodes in processes of their own, since nobody vouches for what is posted.</summary>
internal sealed partial class BoxedClipDecoder(DecodePool pool, ILogger<BoxedClipDecoder> logger) : IClipDecoder
{
    // One being classified, one ready: further ahead brings nothing and costs memory.
    private const int WindowsAhead = 1;

    /// <inheritdoc/>
    public async Task<DecodedClip> DecodeAsync(Stream video, string name, ClipPreparation preparation, CancellationToken ct)
    {
        try
        {
            return await pool.ReadAsync(video, name, (reader, cancelled) => new DecodedClip(reader.Info, preparation.Read(reader, cancelled)), ct);
        }
        catch (DecodeStoppedException stop)
        {
            LogStopped(stop.ProcessId, stop.Reason, stop.Message);
            throw;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ClipWindow> DecodeWindowsAsync(
        Stream video, string name, ClipPreparation preparation, TimeSpan? hop, [EnumeratorCancellation] CancellationToken ct)
    {
        var windows = Channel.CreateBounded<ClipWindow>(new BoundedChannelOptions(WindowsAhead) { SingleReader = true, SingleWriter = true });
        using CancellationTokenSource wanted = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task decoding = FillAsync(video, name, preparation, hop, windows.Writer, wanted.Token);
        try
        {
            await foreach (ClipWindow window in windows.Reader.ReadAllAsync(ct))
                yield return window;
        }
        finally
        {
            // The stream is the caller's again only when the process has let go of it.
            await wanted.CancelAsync();
            await decoding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FillAsync(Stream video, string name, ClipPreparation preparation, TimeSpan? hop, ChannelWriter<ClipWindow> windows, CancellationToken ct)
    {
        try
        {
            await pool.ReadAsync(video, name, (reader, cancelled) => Fill(reader, preparation, hop, windows, cancelled), ct);
            windows.Complete();
        }
        catch (Exception problem)
        {
            if (problem is DecodeStoppedException stop)
                LogStopped(stop.ProcessId, stop.Reason, stop.Message);
            windows.Complete(problem);
        }
    }

    // Runs on a thread of the pool, which may wait for whoever takes the windows.
    private static int Fill(IFrameReader reader, ClipPreparation preparation, TimeSpan? hop, ChannelWriter<ClipWindow> windows, CancellationToken ct)
    {
        var plan = new WindowPlan(preparation, reader.Info.FrameCount, ClipWindow.Frames(hop, reader.Info));
        int window = 0;
        foreach (ViewSet views in plan.Read(reader, ct))
        {
            var made = new ClipWindow(reader.Info, window, plan.Count, plan.First(window), plan.Last(window), views);
            if (!windows.TryWrite(made))
                windows.WriteAsync(made, ct).AsTask().GetAwaiter().GetResult();
            window++;
        }

        return plan.Count;
    }

    [LoggerMessage(LogLevel.Warning, "Decoding process {ProcessId} was ended ({Reason}): {Problem}")]
    private partial void LogStopped(int processId, DecodeStop reason, string problem);
}
