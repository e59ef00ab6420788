using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Unreel.Onnx;

/// <summary>Takes an output of a run on one clip.</summary>
/// <param name="place">Which of the outputs asked for.</param>
/// <param name="shape">Its extents.</param>
/// <param name="values">Its numbers; gone once the call returns.</param>
internal delegate void TakeOutput(int place, IReadOnlyList<long> shape, ReadOnlySpan<float> values);

/// <summary>A variant of a model, run on single clips.</summary>
internal sealed class TrialModel(string path, int threads) : IDisposable
{
    private readonly InferenceSession _session =
        SessionFactory.Create(new OnnxModelOptions { Threads = threads }, path, options => new InferenceSession(path, options)).Session;

    /// <summary>Runs the model on one clip and hands each of the outputs over.</summary>
    internal void Run(ReadOnlyMemory<byte> clip, InputGeometry geometry, IReadOnlyList<string> outputs, TakeOutput take, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        using var input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, MemoryMarshal.AsMemory(clip), [1, geometry.Frames, geometry.Height, geometry.Width, ClassifierShape.Channels]);
        using var options = new RunOptions();
        using CancellationTokenRegistration stop = ct.Register(() => options.Terminate = true);
        try
        {
            using IDisposableReadOnlyCollection<OrtValue> values = _session.Run(options, [_session.InputNames[0]], [input], [.. outputs]);
            for (int i = 0; i < outputs.Count; i++)
                take(i, values[i].GetTensorTypeAndShape().Shape, values[i].GetTensorDataAsSpan<float>());
        }
        catch (OnnxRuntimeException) when (ct.IsCancellationRequested)
        {
            throw new OperationCanceledException(ct);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new OnnxModelException(path, $"failed on a calibration clip: {NativeMessage.Of(exception)}");
        }
    }

    /// <summary>Runs the model on clip after clip and returns one output, a row for each clip.</summary>
    internal IReadOnlyList<float[]> RunAll(CalibrationSet clips, string output, CancellationToken ct)
    {
        List<float[]> rows = [];
        foreach (ReadOnlyMemory<byte> clip in clips.Clips)
            Run(clip, clips.Input, [output], (_, _, values) => rows.Add(values.ToArray()), ct);
        return rows;
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
}
