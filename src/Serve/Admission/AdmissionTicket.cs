using Unreel.Serve.Models;

namespace Unreel.Serve.Admission;

/// <summary>A request that was let in: its way through decoding and inference. For one caller at a time; dispose to leave.</summary>
public sealed class AdmissionTicket : IDisposable
{
    private static readonly AdmissionRefusal NoTimeline = new(TimeSpan.FromSeconds(10), "The server works on as many timelines as it can.");

    private readonly AdmissionBook _book;
    private readonly AdmissionEntry _entry;
    private readonly AdmissionPlaces _places;
    private DecoderPlace? _timeline;
    private bool _atWork;
    private bool _left;

    internal AdmissionTicket(AdmissionBook book, AdmissionEntry entry, AdmissionPlaces places) => (_book, _entry, _places) = (book, entry, places);

    /// <summary>Notes that the upload is here.</summary>
    /// <param name="left">The time that the request has left.</param>
    /// <exception cref="RefusedException">The upload took long, and the server has too much to do now.</exception>
    public void Arrive(TimeSpan left)
    {
        if (_book.Arrive(_entry, left) is { } refusal)
            throw new RefusedException(refusal);
    }

    /// <summary>Waits for a decoder. Dispose what is returned when the video is decoded; it stays in work until its inference is done.</summary>
    /// <param name="ct">Gives up waiting.</param>
    public async Task<DecoderPlace> DecodeAsync(CancellationToken ct)
    {
        await WaitForDecoderAsync(isWork: true, ct);
        _book.Move(_entry, AdmissionStage.Decodes);
        return new DecoderPlace(isDecoded =>
        {
            _book.Move(_entry, AdmissionStage.Between, isDecoded);
            _places.Decoders.Release();
        });
    }

    /// <summary>Takes a decoder for videos that are read window by window, however long that takes; kept until the request leaves. Once taken, returns at once.</summary>
    /// <param name="ct">Gives up waiting.</param>
    /// <exception cref="RefusedException">As many timelines are worked on as may be.</exception>
    public async Task StreamAsync(CancellationToken ct)
    {
        if (_timeline is not null)
            return;
        if (!await _places.TryTimelineAsync(ct))
            throw new RefusedException(NoTimeline);

        try
        {
            if (_places.SharesDecoders)
                await WaitForDecoderAsync(isWork: false, ct);
        }
        catch
        {
            _places.LeaveTimeline();
            throw;
        }

        _book.Move(_entry, AdmissionStage.Streams);
        _timeline = new DecoderPlace(_ => EndStream());
    }

    /// <summary>Runs the model when it is this request's turn.</summary>
    /// <inheritdoc cref="ServedModel.InferAsync"/>
    /// <param name="model">The model.</param>
    /// <param name="clips">uint8 RGB, [<paramref name="count"/>, frames, row, column, 3]; read until the task ends.</param>
    /// <param name="count">Clips, at least 1.</param>
    /// <param name="ct">Gives up waiting, or stops the run.</param>
    public async Task<InferenceResult> InferAsync(ServedModel model, ReadOnlyMemory<byte> clips, int count, CancellationToken ct)
    {
        // A video that is read window by window has its decoder and infers in between; it is in the book as streaming.
        bool counted = _entry.Stage is not (AdmissionStage.Decodes or AdmissionStage.Streams);
        if (counted)
            _book.Infer(_entry, (double)count / model.Classifier.Preparation.Views);
        try
        {
            InferenceResult result = await model.InferAsync(clips, count, ct);
            if (counted)
                _book.Inferred(_entry, result.Computed);
            return result;
        }
        finally
        {
            if (counted)
            {
                _book.Move(_entry, AdmissionStage.Between);
                EndWork();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_left)
            return;

        _left = true;
        EndWork();
        _timeline?.Dispose();
        _book.Exit(_entry);
    }

    private async Task WaitForDecoderAsync(bool isWork, CancellationToken ct)
    {
        _book.Move(_entry, AdmissionStage.AwaitsDecoder);
        try
        {
            if (isWork && !_atWork)
            {
                await _places.Work.WaitAsync(ct);
                _atWork = true;
            }

            await _places.Decoders.WaitAsync(ct);
        }
        catch
        {
            _book.Move(_entry, AdmissionStage.Between);
            throw;
        }
    }

    private void EndStream()
    {
        _book.Move(_entry, AdmissionStage.Between);
        if (_places.SharesDecoders)
            _places.Decoders.Release();
        _places.LeaveTimeline();
    }

    private void EndWork()
    {
        if (!_atWork)
            return;

        _atWork = false;
        _places.Work.Release();
    }
}
