using System.Runtime.CompilerServices;
using Unreel.Onnx;
using Unreel.Serve.Decoding;
using Unreel.Serve.Models;
using Unreel.Video;

namespace Unreel.Serve.Tests;

/// <summary>A model that answers the same to everything.</summary>
internal sealed class FakeClassifier(params float[] probabilities) : IClipClassifier
{
    public IReadOnlyList<string> Labels { get; init; } = [.. probabilities.Select((_, index) => $"class{index}")];

    public ClipPreparation Preparation { get; } = new() { Frames = 2, Stride = 1, Size = 8 };

    /// <summary>Completes to let inference go on.</summary>
    public TaskCompletionSource? Hold { get; init; }

    public bool Disposed { get; private set; }

    public int Width => 0;

    public int? Batch => null;

    public string Provider => "Fake";

    public Predictions Run(ReadOnlyMemory<byte> clips, int count, CancellationToken ct)
    {
        Hold?.Task.Wait(ct);
        float[] rows = [.. Enumerable.Repeat(probabilities, count).SelectMany(row => row)];
        return new Predictions(count, probabilities.Length, 0, rows, rows, []);
    }

    public void Dispose() => Disposed = true;
}

internal sealed class FakeLoader(Func<ModelFile, IClipClassifier> load) : IModelLoader
{
    public IClipClassifier Load(ModelFile file) => load(file);
}

/// <summary>A decoder that waits to be released, to hold requests inside the server.</summary>
internal sealed class HeldDecoder : IClipDecoder
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => _released.TrySetResult();

    /// <summary>Waits until a request is being decoded.</summary>
    public Task EnteredAsync() => _entered.Task.WaitAsync(TimeSpan.FromSeconds(60));

    public async Task<DecodedClip> DecodeAsync(Stream video, string name, ClipPreparation preparation, CancellationToken ct)
    {
        _entered.TrySetResult();
        await _released.Task.WaitAsync(ct);
        return new DecodedClip(new VideoInfo(new FrameSize(8, 8), 2, 25, TimeSpan.FromSeconds(.08), 0, "fake", "rgb24"), new ViewSet(new byte[2 * 8 * 8 * 3], 1, 2, 8));
    }

    public async IAsyncEnumerable<ClipWindow> DecodeWindowsAsync(Stream video, string name, ClipPreparation preparation, TimeSpan? hop, [EnumeratorCancellation] CancellationToken ct)
    {
        DecodedClip clip = await DecodeAsync(video, name, preparation, ct);
        yield return new ClipWindow(clip.Info, 0, 1, 0, 1, clip.Views);
    }
}
