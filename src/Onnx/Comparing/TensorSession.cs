using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Unreel.Onnx;

/// <summary>Takes an output of a run, in 32-bit floats.</summary>
/// <param name="place">Which of the outputs asked for.</param>
/// <param name="values">Its elements; gone once the call returns.</param>
internal delegate void VisitOutput(int place, ReadOnlySpan<float> values);

/// <summary>A graph of any kind, ready to run: what goes in and comes out is told by name. For looking into a model; a classifier is served by <see cref="OnnxModel"/>.</summary>
public sealed class TensorSession : IDisposable
{
    private readonly InferenceSession _session;

    private TensorSession(InferenceSession session, string name) => (_session, Name) = (session, name);

    /// <summary>File the graph was opened by.</summary>
    public string Name { get; }

    /// <summary>Names of the inputs.</summary>
    public IReadOnlyList<string> Inputs => _session.InputNames;

    /// <summary>Names of the outputs.</summary>
    public IReadOnlyList<string> Outputs => _session.OutputNames;

    /// <summary>Opens a model file, with or without a contract.</summary>
    /// <exception cref="OnnxModelException">The file is missing, truncated, no ONNX model, or cannot run as asked.</exception>
    public static TensorSession Open(string path, OnnxModelOptions? options = null)
    {
        OnnxFile.Open(path).Dispose();
        return new TensorSession(SessionFactory.Create(options ?? new OnnxModelOptions(), path, session => new InferenceSession(path, session)).Session, path);
    }

    /// <summary>Runs the graph.</summary>
    /// <param name="inputs">All that it takes.</param>
    /// <param name="outputs">Names of the outputs wanted; null for all.</param>
    /// <param name="cancellation">Stops the run between two nodes of the graph.</param>
    /// <returns>The outputs by name; those whose elements are no numbers are left out.</returns>
    /// <exception cref="OnnxModelException">The run failed.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public IReadOnlyDictionary<string, FloatTensor> Run(IReadOnlyList<NamedTensor> inputs, IReadOnlyList<string>? outputs = null, CancellationToken cancellation = default)
    {
        IReadOnlyList<string> wanted = outputs ?? Outputs;
        Dictionary<string, FloatTensor> tensors = new(StringComparer.Ordinal);
        Run(inputs, wanted, Take, cancellation);
        return tensors;

        void Take(int place, OrtValue value)
        {
            if (Floats(value) is { } tensor)
                tensors.Add(wanted[place], tensor);
        }
    }

    /// <summary>Runs the graph and lets outputs of 32-bit floats be looked at where they lie, without a copy.</summary>
    /// <exception cref="OnnxModelException">The run failed.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    internal void Visit(IReadOnlyList<NamedTensor> inputs, IReadOnlyList<string> outputs, VisitOutput visit, CancellationToken cancellation) =>
        Run(inputs, outputs, (place, value) => visit(place, value.GetTensorDataAsSpan<float>()), cancellation);

    private void Run(IReadOnlyList<NamedTensor> inputs, IReadOnlyList<string> outputs, Action<int, OrtValue> take, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        List<OrtValue> values = [];
        using var options = new RunOptions();
        using var stop = cancellation.Register(() => options.Terminate = true);
        try
        {
            values.AddRange(inputs.Select(Over));
            using IDisposableReadOnlyCollection<OrtValue> results = _session.Run(options, [.. inputs.Select(input => input.Name)], values, outputs);
            for (int i = 0; i < outputs.Count; i++)
                take(i, results[i]);
        }
        catch (OnnxRuntimeException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new OnnxModelException(Name, $"failed: {NativeMessage.Of(exception)}");
        }
        finally
        {
            values.ForEach(value => value.Dispose());
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private static OrtValue Over(NamedTensor tensor)
    {
        long[] shape = [.. tensor.Shape];
        return tensor.Type switch
        {
            // The library wants memory it could write to but only reads its inputs.
            ElementType.UInt8 => OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, MemoryMarshal.AsMemory(tensor.Bytes), shape),
            ElementType.Bool => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(tensor.Bytes.ToArray(), value => value != 0), shape),
            ElementType.Float => OrtValue.CreateTensorValueFromMemory(MemoryMarshal.Cast<byte, float>(tensor.Bytes.Span).ToArray(), shape),
            ElementType.Int64 => OrtValue.CreateTensorValueFromMemory(MemoryMarshal.Cast<byte, long>(tensor.Bytes.Span).ToArray(), shape),
            _ => throw new ArgumentException($"Input '{tensor.Name}' is of type {tensor.Type}, which is not supported", nameof(tensor)),
        };
    }

    private static FloatTensor? Floats(OrtValue value)
    {
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        float[]? values = info.ElementDataType switch
        {
            TensorElementType.Float => value.GetTensorDataAsSpan<float>().ToArray(),
            TensorElementType.Float16 => Array.ConvertAll(value.GetTensorDataAsSpan<Float16>().ToArray(), number => (float)number),
            TensorElementType.BFloat16 => Array.ConvertAll(value.GetTensorDataAsSpan<BFloat16>().ToArray(), number => (float)number),
            TensorElementType.Double => Array.ConvertAll(value.GetTensorDataAsSpan<double>().ToArray(), number => (float)number),
            TensorElementType.Int64 => Array.ConvertAll(value.GetTensorDataAsSpan<long>().ToArray(), number => (float)number),
            TensorElementType.UInt8 => Array.ConvertAll(value.GetTensorDataAsSpan<byte>().ToArray(), number => (float)number),
            TensorElementType.Int32 => Array.ConvertAll(value.GetTensorDataAsSpan<int>().ToArray(), number => (float)number),
            _ => null,
        };
        return values is null ? null : new FloatTensor(info.Shape, values);
    }
}
