using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Unreel.Onnx;

/// <summary>
/// A classifier ready to run. Any number of threads may call <see cref="Classify"/> at once; they share the
/// session's threads. Disposing waits for the runs under way.
/// </summary>
public sealed partial class OnnxModel : IDisposable
{
    private static readonly string[] InputNames = [ClassifierGraph.Video];
    private static readonly string[] OutputNames = [ClassifierGraph.Logits, ClassifierGraph.Probabilities];

    private readonly InferenceSession _session;
    private readonly ReaderWriterLockSlim _alive = new();
    private bool _disposed;

    private readonly bool _profiled;

    private OnnxModel(OpenedSession opened, string name, ModelContract contract, int width, bool profiled)
    {
        (_session, Provider, Notice, _profiled) = (opened.Session, opened.Provider, opened.Notice, profiled);
        (Name, Contract, Width) = (name, contract, width);
    }

    /// <summary>File or name the model was opened by.</summary>
    public string Name { get; }

    /// <summary>
    /// The execution provider asked first to run the model, such as <c>CUDAExecutionProvider</c>. ONNX Runtime gives nodes that it has no kernels for to the processor,
    /// whatever <see cref="OnnxModelOptions.AllowCpuFallback"/> says and without a word: <see cref="OnnxModelOptions.ProfileTo"/> tells which.
    /// </summary>
    public string Provider { get; }

    /// <summary>Why the model runs on another device than was asked for; null where it runs as asked.</summary>
    public string? Notice { get; }

    /// <summary>What the model promises.</summary>
    public ModelContract Contract { get; }

    /// <summary>Classes of the head; as many as labels.</summary>
    public int Classes => Contract.Labels.Count;

    /// <summary>Numbers of a clip's features; 0 where the model gives none.</summary>
    public int Width { get; }

    /// <summary>Opens a model file; weights that lie in a file beside it are mapped into memory, not read.</summary>
    /// <exception cref="OnnxModelException">The file is missing, truncated, no ONNX model, or does not fit its contract.</exception>
    /// <exception cref="ContractException">The model has no contract, or a malformed one.</exception>
    public static OnnxModel Open(string path, OnnxModelOptions? options = null)
    {
        // Before the session: skimming a file is quick, and its complaints are clearer than the native ones.
        ModelContract contract = OnnxFile.ReadContract(path);
        return Open(path, contract, options ?? new OnnxModelOptions(), session => new InferenceSession(path, session));
    }

    /// <summary>Opens a model from memory; <paramref name="name"/> is what errors call it.</summary>
    /// <exception cref="OnnxModelException">The bytes are truncated, no ONNX model, or do not fit their contract.</exception>
    /// <exception cref="ContractException">The model has no contract, or a malformed one.</exception>
    public static OnnxModel Open(byte[] model, string name, OnnxModelOptions? options = null)
    {
        if (model.Length == 0)
            throw new OnnxModelException(name, "is empty");
        using var stream = new MemoryStream(model, writable: false);
        ModelContract contract = OnnxFile.ReadContract(stream, name);
        return Open(name, contract, options ?? new OnnxModelOptions(), session => new InferenceSession(model, session));
    }

    /// <summary>Runs the model.</summary>
    /// <param name="clips">uint8 RGB, [<paramref name="count"/>, frames, height, width, 3] as the contract's input says.</param>
    /// <param name="count">Clips, at least 1.</param>
    /// <param name="cancellation">Stops the run between two nodes of the graph.</param>
    /// <exception cref="ArgumentException"><paramref name="clips"/> is not as long as <paramref name="count"/> clips.</exception>
    /// <exception cref="OnnxModelException">The run failed, for want of memory for example.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public Predictions Classify(ReadOnlyMemory<byte> clips, int count, CancellationToken cancellation = default)
    {
        CheckLength(clips, count);
        cancellation.ThrowIfCancellationRequested();
        _alive.EnterReadLock();
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return Contract.Batch is { } batch && batch != count ? InParts(clips, count, batch, cancellation) : Run(clips, count, cancellation);
        }
        finally
        {
            _alive.ExitReadLock();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _alive.EnterWriteLock();
        try
        {
            if (_disposed)
                return;
            _disposed = true;
            if (_profiled)
                _session.EndProfiling();
            _session.Dispose();
        }
        finally
        {
            _alive.ExitWriteLock();
        }
    }

    private static OnnxModel Open(string name, ModelContract contract, OnnxModelOptions options, Func<SessionOptions, InferenceSession> create)
    {
        OpenedSession opened = SessionFactory.Create(options, name, create);
        try
        {
            return new OnnxModel(opened, name, contract, ModelSignature.Check(opened.Session, contract, name), options.ProfileTo is not null);
        }
        catch
        {
            opened.Session.Dispose();
            throw;
        }
    }

    private void CheckLength(ReadOnlyMemory<byte> clips, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (clips.Length != count * Contract.Input.ClipBytes)
            throw new ArgumentException($"{count} clips of {Contract.Input} in RGB take {count * Contract.Input.ClipBytes} bytes, found {clips.Length}", nameof(clips));
    }

    private Predictions Run(ReadOnlyMemory<byte> clips, int count, CancellationToken cancellation)
    {
        var predictions = new Predictions(count, Classes, Width, new float[count * Classes], new float[count * Classes], new float[count * Width]);
        InputGeometry input = Contract.Input;

        // The library wants memory it could write to but only reads its inputs.
        using var video = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, MemoryMarshal.AsMemory(clips), [count, input.Frames, input.Height, input.Width, EncoderShape.Channels]);
        using var logits = OrtValue.CreateTensorValueFromMemory(predictions.Logits, [count, Classes]);
        using var probabilities = OrtValue.CreateTensorValueFromMemory(predictions.Probabilities, [count, Classes]);
        using var features = Width > 0 ? OrtValue.CreateTensorValueFromMemory(predictions.Features, [count, Width]) : null;

        using var options = new RunOptions();
        using var stop = cancellation.Register(() => options.Terminate = true);
        try
        {
            if (features is null)
                _session.Run(options, InputNames, [video], OutputNames, [logits, probabilities]);
            else
                _session.Run(options, InputNames, [video], [.. OutputNames, ClassifierGraph.Features], [logits, probabilities, features]);
        }
        catch (OnnxRuntimeException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new OnnxModelException(Name, $"failed on {count} clips: {NativeMessage.Of(exception)}");
        }

        return predictions;
    }
}
