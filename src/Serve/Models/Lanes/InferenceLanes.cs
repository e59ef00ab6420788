using Unreel.Onnx;

namespace Unreel.Serve.Models;

/// <summary>
/// Threads of a model's own, which take requests in the order they come in. Inference blocks its thread for as long as it takes; on threads of the
/// pool, two of them on a machine with two cores would keep the server from reading and answering.
/// </summary>
internal sealed class InferenceLanes
{
    private readonly IClipClassifier _classifier;
    private readonly TimeProvider _clock;
    private readonly JobQueue _queue = new();
    private readonly SemaphoreSlim _room;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private BatchPlan _batching = BatchPlan.None;
    private int _alive;
    private int _running;

    /// <summary>Starts the threads.</summary>
    /// <param name="classifier">The model; closed by the last thread to end.</param>
    /// <param name="lanes">How many runs go on at a time, at least 1.</param>
    /// <param name="capacity">How many requests may be in the queue or running; more wait outside of it.</param>
    /// <param name="clock">Tells times.</param>
    public InferenceLanes(IClipClassifier classifier, int lanes, int capacity, TimeProvider clock)
    {
        (_classifier, _clock, _room, _alive, Count) = (classifier, clock, new SemaphoreSlim(capacity), lanes, lanes);
        for (int lane = 0; lane < lanes; lane++)
            new Thread(Work) { IsBackground = true, Name = $"unreel inference {lane}" }.Start();
    }

    /// <summary>How many runs go on at a time.</summary>
    public int Count { get; }

    /// <summary>Requests that wait for their turn.</summary>
    public int Waiting => _queue.Count;

    /// <summary>Runs under way.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>How requests are put together.</summary>
    public BatchPlan Batching
    {
        get => Volatile.Read(ref _batching);
        set => Volatile.Write(ref _batching, value);
    }

    /// <summary>Told the clips of each run; null for nobody.</summary>
    public Action<int>? Ran { private get; set; }

    /// <summary>Ends when the model is closed.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Runs the model on the clips when it is their turn. They are read until the task ends, and not after.</summary>
    /// <exception cref="ObjectDisposedException">The lanes are closed.</exception>
    public async Task<InferenceResult> RunAsync(ReadOnlyMemory<byte> clips, int count, CancellationToken ct)
    {
        long asked = _clock.GetTimestamp();
        await _room.WaitAsync(ct);
        try
        {
            InferenceJob job = new(clips, count, asked, ct);
            _queue.Add(job);
            await using (ct.UnsafeRegister(_ => _queue.Cancel(job), null))
                return await job.Done.Task;
        }
        finally
        {
            _room.Release();
        }
    }

    /// <summary>Takes no more; what waits is done, and then the model is closed.</summary>
    public void Close() => _queue.Close();

    private void Work()
    {
        byte[] gathered = [];
        while (_queue.Take(Batching) is { } run)
        {
            using (run)
                Run(run, ref gathered);
        }

        if (Interlocked.Decrement(ref _alive) > 0)
            return;

        try
        {
            _classifier.Dispose();
            _closed.SetResult();
        }
        catch (Exception problem)
        {
            _closed.SetException(problem);
        }
    }

    private void Run(InferenceRun run, ref byte[] gathered)
    {
        long began = _clock.GetTimestamp();
        Interlocked.Increment(ref _running);
        try
        {
            Predictions all = _classifier.Run(Gather(run, ref gathered), run.Count, run.Stop);
            Ran?.Invoke(run.Count);
            run.Answer(all, job => _clock.GetElapsedTime(job.Asked, began), _clock.GetElapsedTime(began));
        }
        catch (Exception problem)
        {
            // Whoever waits for an answer is told; the lane goes on with the next.
            run.Fail(problem);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    // The lane keeps one buffer: memory does not grow with requests.
    private static ReadOnlyMemory<byte> Gather(InferenceRun run, ref byte[] gathered)
    {
        if (run.Jobs.Count == 1)
            return run.Jobs[0].Pixels;

        int bytes = run.Jobs.Sum(job => job.Pixels.Length);
        if (gathered.Length < bytes)
            gathered = new byte[bytes];

        int at = 0;
        foreach (InferenceJob job in run.Jobs)
        {
            job.Pixels.CopyTo(gathered.AsMemory(at));
            at += job.Pixels.Length;
        }

        run.Gathered();
        return gathered.AsMemory(0, bytes);
    }
}
