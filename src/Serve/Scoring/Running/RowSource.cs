using System.Runtime.CompilerServices;
using Unreel.Serve.Classify;
using Unreel.Serve.Decoding;
using Unreel.Serve.Models;
using Unreel.Video;
using Unreel.Video.Boxes;

namespace Unreel.Serve.Scoring;

/// <summary>
/// Makes rows: decoders work ahead of inference, and rows come out in the order of the videos whatever was ready first.
/// Clips that are decoded and not yet classified are bounded, so memory is the same for ten videos and a million.
/// </summary>
internal sealed class RowSource : IDisposable
{
    // Rows are small: a long video must not hold up the many short ones behind it.
    private const int Ahead = 256;

    private readonly IClipDecoder _decoder;
    private readonly VideoOpener _opener;
    private readonly ServedModel _model;
    private readonly int _topK;
    private readonly SemaphoreSlim _clips, _decoders;
    private readonly HashSet<string> _labels;

    /// <summary>Starts what rows are made with.</summary>
    /// <param name="decoder">Decodes.</param>
    /// <param name="opener">Opens videos.</param>
    /// <param name="model">Classifies.</param>
    /// <param name="topK">How many labels a row has.</param>
    /// <param name="workers">Videos decoded at a time.</param>
    public RowSource(IClipDecoder decoder, VideoOpener opener, ServedModel model, int topK, int workers)
    {
        (_decoder, _opener, _model, _topK) = (decoder, opener, model, topK);
        _labels = new HashSet<string>(model.Classifier.Labels, StringComparer.Ordinal);
        _decoders = new SemaphoreSlim(workers);
        _clips = new SemaphoreSlim(workers + (2 * model.Lanes));
    }

    /// <summary>Makes the rows of videos, in their order.</summary>
    /// <param name="videos">The videos.</param>
    /// <param name="first">The number of the first to make a row of.</param>
    /// <param name="ct">Stops; what is under way is waited for.</param>
    public async IAsyncEnumerable<ScoreRow> RowsAsync(IReadOnlyList<VideoEntry> videos, int first, [EnumeratorCancellation] CancellationToken ct)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Queue<Task<ScoreRow>> rows = new();
        int next = first;
        try
        {
            while (next < videos.Count || rows.Count > 0)
            {
                while (rows.Count < Ahead && next < videos.Count)
                    rows.Enqueue(RowAsync(videos[next++], stop.Token));

                ScoreRow row = await rows.Peek();
                _ = rows.Dequeue();
                ct.ThrowIfCancellationRequested();
                yield return row;
            }
        }
        finally
        {
            // Nothing may use decoder, model or store after this.
            await stop.CancelAsync();
            foreach (Task<ScoreRow> row in rows)
                await ((Task)row).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _clips.Dispose();
        _decoders.Dispose();
    }

    private async Task<ScoreRow> RowAsync(VideoEntry video, CancellationToken ct)
    {
        await _clips.WaitAsync(ct);
        try
        {
            DecodedClip clip = await DecodeAsync(video, ct);
            InferenceResult result = await _model.InferAsync(clip.Views.Pixels, clip.Views.Views, ct);
            IReadOnlyList<Prediction> best = Ranking.Top(ViewAverage.Of(result.Predictions).Probabilities, _model.Classifier.Labels, _topK);
            return new ScoreRow(video.Name, best, Math.Round(clip.Info.Duration.TotalSeconds, 3), clip.Info.FrameCount, null)
            {
                Truth = video.Truth,
                Correct = video.Truth is { } truth && _labels.Contains(truth) ? best[0].Label == truth : null,
            };
        }
        catch (VideoException problem)
        {
            return new ScoreRow(video.Name, [], null, null, problem.Message.ReplaceLineEndings(" ")) { Truth = video.Truth };
        }
        finally
        {
            _clips.Release();
        }
    }

    private async Task<DecodedClip> DecodeAsync(VideoEntry video, CancellationToken ct)
    {
        await _decoders.WaitAsync(ct);
        try
        {
            try
            {
                return await TryDecodeAsync(video, ct);
            }
            catch (DecodeStoppedException stop) when (stop.Reason == DecodeStop.Killed)
            {
                // By somebody else, which says nothing of the video. Twice would: the system kills who takes too much.
                return await TryDecodeAsync(video, ct);
            }
        }
        finally
        {
            _decoders.Release();
        }
    }

    private async Task<DecodedClip> TryDecodeAsync(VideoEntry video, CancellationToken ct)
    {
        await using Stream stream = await _opener.OpenAsync(video, ct);
        return await _decoder.DecodeAsync(stream, video.Name, _model.Classifier.Preparation, ct);
    }
}
