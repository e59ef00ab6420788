using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Unreel.Serve.Decoding;
using Unreel.Serve.Models;
using Unreel.Video;

namespace Unreel.Serve.Classify;

/// <summary>What a model said of one window of a video.</summary>
/// <param name="Window">The window, without its pixels.</param>
/// <param name="Views">How many views the model looked at.</param>
/// <param name="Probabilities">The mean over them, one value a class.</param>
/// <param name="Queued">The time it waited for its turn.</param>
/// <param name="Decoded">The time its decoding took.</param>
/// <param name="Computed">The time the model took.</param>
internal sealed record TimedWindow(ClipWindow Window, int Views, float[] Probabilities, TimeSpan Queued, TimeSpan Decoded, TimeSpan Computed);

/// <summary>
/// Takes a video of any length through decoding and inference, window after window: while the model looks at one, the next is decoded.
/// No more than a few windows are held.
/// </summary>
internal sealed class TimelineRunner(IClipDecoder decoder, TimeProvider clock)
{
    /// <summary>Asks the model about every window.</summary>
    /// <param name="upload">The video.</param>
    /// <param name="request">The request it came with.</param>
    /// <param name="query">How its windows are wanted.</param>
    /// <param name="ct">Ends decoding and inference at once.</param>
    /// <exception cref="VideoException">The video cannot be read, or not to its end.</exception>
    /// <exception cref="Admission.RefusedException">As many timelines are worked on as may be.</exception>
    public async IAsyncEnumerable<TimedWindow> RunAsync(Upload upload, ModelRequest request, VideoQuery query, [EnumeratorCancellation] CancellationToken ct)
    {
        long asked = clock.GetTimestamp();
        await request.AwaitTimelineAsync(ct);
        TimeSpan waited = clock.GetElapsedTime(asked);
        await foreach (TimedWindow window in WindowsAsync(upload, request, query, ct))
        {
            request.Queued(waited + window.Queued);
            yield return window with { Queued = waited + window.Queued };
            waited = TimeSpan.Zero;
        }
    }

    private async IAsyncEnumerable<TimedWindow> WindowsAsync(Upload upload, ModelRequest request, VideoQuery query, [EnumeratorCancellation] CancellationToken ct)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Channel<(ClipWindow Window, TimeSpan Decoded)> ready = Channel.CreateBounded<(ClipWindow, TimeSpan)>(1);
        Task decoding = DecodeAsync(upload, query, ready.Writer, stop.Token);
        try
        {
            await foreach ((ClipWindow window, TimeSpan decoded) in ready.Reader.ReadAllAsync(ct))
            {
                request.Decoded(decoded, window.Views.Views * window.Views.Frames);
                yield return await InferAsync(window, decoded, request, ct);
            }
        }
        finally
        {
            // The upload may only be closed when nobody reads it any more.
            await stop.CancelAsync();
            await decoding;
        }
    }

    // Never throws: what went wrong comes out of the channel, after the windows before it.
    private async Task DecodeAsync(Upload upload, VideoQuery query, ChannelWriter<(ClipWindow, TimeSpan)> ready, CancellationToken ct)
    {
        try
        {
            long began = clock.GetTimestamp();
            await foreach (ClipWindow window in decoder.DecodeWindowsAsync(upload.Content, upload.Name, query.Preparation, query.Hop, ct))
            {
                await ready.WriteAsync((window, clock.GetElapsedTime(began)), ct);
                began = clock.GetTimestamp();
            }

            ready.Complete();
        }
        catch (Exception problem)
        {
            ready.Complete(problem);
        }
    }

    private static async Task<TimedWindow> InferAsync(ClipWindow window, TimeSpan decoded, ModelRequest request, CancellationToken ct)
    {
        InferenceResult inference = await request.InferAsync(window.Views.Pixels, window.Views.Views, ct);
        ClipWindow bare = window with { Views = window.Views with { Pixels = [] } };
        return new TimedWindow(bare, window.Views.Views, ViewAverage.Of(inference.Predictions).Probabilities, inference.Queued, decoded, inference.Computed);
    }
}
