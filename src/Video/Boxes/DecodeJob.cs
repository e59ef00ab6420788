using System.Diagnostics.CodeAnalysis;

namespace Unreel.Video.Boxes;

/// <summary>A video that waits for a box.</summary>
internal abstract class DecodeJob
{
    /// <summary>Whether it is still wanted; once this was asked, its task ends only with the work.</summary>
    public abstract bool Begin();

    /// <summary>What ended its decoding; null where it ran to its end, whatever that was.</summary>
    public DecodeStop? Stopped { get; protected set; }

    /// <summary>Does the work.</summary>
    public abstract void Run(DecodeBox box);

    /// <summary>Ends it where there is no box to do it.</summary>
    public abstract void Fail(Exception problem);

    /// <summary>Ends it where the pool is being closed.</summary>
    public abstract void Cancel();

    /// <summary>Tells whoever waits.</summary>
    public abstract void Complete();
}

/// <summary>A video that waits for a box, and what is to be taken out of it.</summary>
internal sealed class DecodeJob<T> : DecodeJob
{
    private readonly Func<VideoBytes> _open;
    private readonly string _name;
    private readonly Func<IFrameReader, CancellationToken, T> _read;
    private readonly CancellationToken _wanted;
    private readonly CancellationToken _closing;
    private readonly DecodeTally _tally;
    private readonly TaskCompletionSource<T> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration _registration;
    private Action? _outcome;
    private int _taken;

    public DecodeJob(Func<VideoBytes> open, string name, Func<IFrameReader, CancellationToken, T> read, DecodeTally tally, CancellationToken wanted, CancellationToken closing)
    {
        (_open, _name, _read, _wanted, _closing, _tally) = (open, name, read, wanted, closing, tally);
        tally.AddWaiting(1);
        _registration = wanted.UnsafeRegister(static state => ((DecodeJob<T>)state!).GiveUp(), this);
    }

    /// <summary>What was taken out.</summary>
    public Task<T> Task => _source.Task;

    /// <inheritdoc/>
    public override bool Begin()
    {
        bool mine = TryTake();
        _registration.Dispose();
        return mine;
    }

    /// <inheritdoc/>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever went wrong is thrown where the task is awaited.")]
    public override void Run(DecodeBox box)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(_wanted, _closing);
        try
        {
            T result = Read(box, either.Token);
            _outcome = () => _source.SetResult(result);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            Stopped = box.Stop;
            CancellationToken which = _wanted.IsCancellationRequested ? _wanted : _closing;
            _outcome = () => _source.SetCanceled(which);
        }
        catch (Exception problem)
        {
            Stopped = (problem as DecodeStoppedException)?.Reason ?? box.Stop;
            _outcome = () => _source.SetException(problem);
        }
    }

    /// <inheritdoc/>
    public override void Fail(Exception problem) => _outcome = () => _source.SetException(problem);

    /// <inheritdoc/>
    public override void Cancel() => _outcome = () => _source.SetCanceled(_closing);

    /// <inheritdoc/>
    public override void Complete() => _outcome!();

    private T Read(DecodeBox box, CancellationToken ct)
    {
        using VideoBytes video = _open();
        try
        {
            BoxedReader reader = box.Open(video, _name, ct);
            T result = _read(reader, ct);
            // What was read is read, whatever becomes of the box.
            box.TryClose();
            return result;
        }
        catch (Exception) when (box.Stop is null)
        {
            // The video's own failing, or the reader's: the box goes on if it can let go of the video.
            box.TryClose();
            throw;
        }
    }

    private void GiveUp()
    {
        if (TryTake())
            _source.TrySetCanceled(_wanted);
    }

    // Out of the queue, or out of mind: once, by whoever comes first.
    private bool TryTake()
    {
        bool mine = Interlocked.Exchange(ref _taken, 1) == 0;
        if (mine)
            _tally.AddWaiting(-1);
        return mine;
    }
}
