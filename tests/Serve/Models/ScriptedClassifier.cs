using Unreel.Onnx;
using Unreel.Serve.Models;
using Unreel.Video;

namespace Unreel.Serve.Tests;

/// <summary>A model whose runs wait to be let go on, and that remembers which clips came together. A clip's answer is its first byte.</summary>
internal sealed class ScriptedClassifier : IClipClassifier
{
    private readonly SemaphoreSlim _go = new(0);
    private readonly SemaphoreSlim _begun = new(0);
    private readonly Lock _change = new();
    private readonly List<byte[]> _runs = [];

    public IReadOnlyList<string> Labels { get; } = ["it"];

    public ClipPreparation Preparation { get; } = new() { Frames = 2, Stride = 1, Size = 4 };

    public int Width => 0;

    public int? Batch { get; init; }

    public string Provider { get; init; } = "CPUExecutionProvider";

    /// <summary>Called in each run with its number of clips; to move a clock, say.</summary>
    public Action<int>? OnRun { get; init; }

    /// <summary>Called when it is closed.</summary>
    public Action? OnDispose { get; init; }

    /// <summary>Whether runs wait for <see cref="Go"/>.</summary>
    public bool Held { get; init; }

    public bool Disposed { get; private set; }

    /// <summary>The first byte of each clip of each run, in the order the runs began.</summary>
    public IReadOnlyList<byte[]> Runs
    {
        get
        {
            lock (_change)
                return [.. _runs];
        }
    }

    /// <summary>A clip whose bytes all have a value.</summary>
    public static byte[] Clip(byte value, int count = 1)
    {
        byte[] clips = new byte[count * 2 * 4 * 4 * 3];
        Array.Fill(clips, value);
        return clips;
    }

    /// <summary>Lets a run end.</summary>
    public void Go(int runs = 1) => _go.Release(runs);

    /// <summary>Waits until another run has begun.</summary>
    public async Task BegunAsync() => Assert.True(await _begun.WaitAsync(TimeSpan.FromSeconds(60)));

    public Predictions Run(ReadOnlyMemory<byte> clips, int count, CancellationToken ct)
    {
        byte[] firsts = [.. Enumerable.Range(0, count).Select(clip => clips.Span[clip * (clips.Length / count)])];
        lock (_change)
            _runs.Add(firsts);

        _begun.Release();
        if (Held)
            _go.Wait(ct);
        OnRun?.Invoke(count);
        float[] rows = Array.ConvertAll(firsts, value => (float)value);
        return new Predictions(count, 1, 0, rows, rows, []);
    }

    public void Dispose()
    {
        Disposed = true;
        OnDispose?.Invoke();
    }
}
