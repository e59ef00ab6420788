using Unreel.Serve.Models;

namespace Unreel.Serve.Admission;

/// <summary>A request that was let in: its way through decoding and inference. For one caller at a time; dispose to leave.</summary>
public sealed class AdmissionTicket : IDisposable
{
    private readonly AdmissionBook _book;
    private readonly AdmissionEntry _entry;
    private readonly SemaphoreSlim _decoders;
    private readonly SemaphoreSlim _work;
    private bool _atWork;
    private bool _left;

    internal AdmissionTicket(AdmissionBook book, AdmissionEntry entry, SemaphoreSlim decoders, SemaphoreSlim work) =>
        (_book, _entry, _decoders, _work) = (book, entry, decoders, work);

    /// <summary>Waits for a decoder. Dispose what is returned when the video is decoded; it stays in work until its inference is done.</summary>
    /// <param name="ct">Gives up waiting.</param>
    /// <param name="isUsual">Whether the time until then says what others take: not where a long video is read window by window. Default yes.</param>
    public async Task<IDisposable> DecodeAsync(CancellationToken ct, bool isUsual = true)
    {
        _book.Move(_entry, AdmissionStage.AwaitsDecoder);
        try
        {
            if (!_atWork)
                await _work.WaitAsync(ct);
            _atWork = true;
            await _decoders.WaitAsync(ct);
        }
        catch
        {
            _book.Move(_entry, AdmissionStage.Between);
            throw;
        }

        _book.Move(_entry, isUsual ? AdmissionStage.Decodes : AdmissionStage.Streams);
        return new DecoderPlace(this, isUsual);
    }

    /// <summary>Runs the model when it is this request's turn.</summary>
    /// <inheritdoc cref="ServedModel.InferAsync"/>
    /// <param name="model">The model.</param>
    /// <param name="clips">uint8 RGB, [<paramref name="count"/>, frames, row, column, 3]; read until the task ends.</param>
    /// <param name="count">Clips, at least 1.</param>
    /// <param name="ct">Gives up waiting, or stops the run.</param>
    public async Task<InferenceResult> InferAsync(ServedModel model, ReadOnlyMemory<byte> clips, int count, CancellationToken ct)
    {
        // A video that is read window by window has its decoder and infers in between; it is in the book as decoding.
        bool counted = _entry.Stage is not (AdmissionStage.Decodes or AdmissionStage.Streams);
        if (counted)
            _book.Move(_entry, AdmissionStage.Infers);
        try
        {
            InferenceResult result = await model.InferAsync(clips, count, ct);
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
        _book.Exit(_entry);
    }

    private void EndWork()
    {
        if (!_atWork)
            return;

        _atWork = false;
        _work.Release();
    }

    private sealed class DecoderPlace(AdmissionTicket ticket, bool isUsual) : IDisposable
    {
        private AdmissionTicket? _ticket = ticket;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ticket, null) is not { } held)
                return;

            held._book.Move(held._entry, AdmissionStage.Between, isUsual);
            held._decoders.Release();
        }
    }
}
