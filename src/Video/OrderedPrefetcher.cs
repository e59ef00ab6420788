using System.Diagnostics;

namespace Unreel.Video;

/// <summary>
/// Makes items ahead on worker threads and gives them out in order, so that results never depend on the number of workers.
/// </summary>
/// <typeparam name="T">The items; those not taken are disposed of if they can be.</typeparam>
public sealed class OrderedPrefetcher<T> : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Func<long, CancellationToken, T> _make;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _room;
    private readonly Thread[] _workers;
    private readonly Dictionary<long, TaskCompletionSource<T>> _items = [];
    private readonly long _end;
    private long _started;
    private long _taken;

    /// <summary>Starts making items <paramref name="first"/> to <paramref name="end"/> - 1.</summary>
    /// <param name="make">Makes one item; called from several threads.</param>
    /// <param name="first">Number of the first item.</param>
    /// <param name="end">Number after the last.</param>
    /// <param name="workers">Threads, at least 1.</param>
    /// <param name="ahead">Items that may be made or waiting beyond the one taken last, at least 1.</param>
    public OrderedPrefetcher(Func<long, CancellationToken, T> make, long first, long end, int workers, int ahead)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ahead, 1);
        (_make, _started, _taken, _end) = (make, first, first, end);
        _room = new SemaphoreSlim(ahead);
        _workers = new Thread[workers];
        for (int i = 0; i < workers; i++)
        {
            _workers[i] = new Thread(Work) { IsBackground = true, Name = $"prefetch {i}" };
            _workers[i].Start();
        }
    }

    /// <summary>How long <see cref="Take"/> has waited in all: what making the items costs the one who takes them.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>The next item, in order; waits for it. What making it threw is thrown here, and again at every further call.</summary>
    /// <exception cref="InvalidOperationException">All items have been taken.</exception>
    public T Take(CancellationToken ct)
    {
        ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
        if (_taken >= _end)
            throw new InvalidOperationException("All items have been taken.");

        TaskCompletionSource<T> item = Item(_taken);
        long start = Stopwatch.GetTimestamp();
        try
        {
            item.Task.Wait(ct);
        }
        catch (AggregateException failure)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure.InnerException!);
        }
        finally
        {
            Waited += Stopwatch.GetElapsedTime(start);
        }

        lock (_gate)
            _items.Remove(_taken++);
        _room.Release();
        return item.Task.Result;
    }

    /// <summary>Stops the workers and waits for them.</summary>
    public void Dispose()
    {
        if (_stop.IsCancellationRequested)
            return;

        _stop.Cancel();
        foreach (Thread worker in _workers)
            worker.Join();
        foreach (TaskCompletionSource<T> item in _items.Values)
            if (!item.TrySetCanceled(_stop.Token) && item.Task.IsCompletedSuccessfully)
                (item.Task.Result as IDisposable)?.Dispose();
        _room.Dispose();
        _stop.Dispose();
    }

    private TaskCompletionSource<T> Item(long number)
    {
        lock (_gate)
        {
            if (!_items.TryGetValue(number, out TaskCompletionSource<T>? item))
                _items[number] = item = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
            return item;
        }
    }

    private void Work()
    {
        while (TryStart(out long number))
        {
            TaskCompletionSource<T> item = Item(number);
            try
            {
                item.SetResult(_make(number, _stop.Token));
            }
#pragma warning disable CA1031 // Whatever it is belongs to the one who takes the item.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                item.SetException(failure);
                _ = item.Task.Exception;
            }
        }
    }

    private bool TryStart(out long number)
    {
        number = 0;
        try
        {
            _room.Wait(_stop.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        lock (_gate)
        {
            number = _started;
            return _started++ < _end;
        }
    }
}
