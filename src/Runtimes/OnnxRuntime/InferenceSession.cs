using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Native;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>
/// A model made ready to run. Any number of threads may run it at once, each with inputs, outputs and bindings of its own; disposing may
/// not overlap with a run.
/// </summary>
public partial class InferenceSession : IDisposable
{
    private readonly Lazy<ModelMetadata> _modelMetadata;
    private readonly RunOptions _defaultRunOptions;
    private readonly Dictionary<string, NodeMetadata> _inputs;
    private readonly Dictionary<string, NodeMetadata> _outputs;
    private readonly List<string> _inputNames;
    private readonly List<string> _outputNames;
    private readonly Dictionary<string, nint> _utf8Inputs = [];
    private readonly Dictionary<string, nint> _utf8Outputs = [];
    private nint _handle;

    /// <summary>Reads a model from a file, with default options.</summary>
    /// <exception cref="OnnxRuntimeException">The file is missing or holds no usable model.</exception>
    public InferenceSession(string modelPath)
        : this(WithDefaults(options => Load(modelPath, options)))
    {
    }

    /// <summary>Reads a model from a file.</summary>
    /// <exception cref="OnnxRuntimeException">The file is missing or holds no usable model.</exception>
    public InferenceSession(string modelPath, SessionOptions options)
        : this(Load(modelPath, options))
    {
    }

    /// <summary>Reads a model from memory, with default options.</summary>
    /// <exception cref="OnnxRuntimeException">The bytes are no usable model.</exception>
    public InferenceSession(byte[] model)
        : this(WithDefaults(options => Load(model, options)))
    {
    }

    /// <summary>Reads a model from memory.</summary>
    /// <exception cref="OnnxRuntimeException">The bytes are no usable model.</exception>
    public InferenceSession(byte[] model, SessionOptions options)
        : this(Load(model, options))
    {
    }

    /// <summary>Reads a model from a file, with default options; weights rearranged for the processor are shared with the container's other sessions.</summary>
    /// <exception cref="OnnxRuntimeException">The file is missing or holds no usable model.</exception>
    public InferenceSession(string modelPath, PrePackedWeightsContainer prepackedWeightsContainer)
        : this(WithDefaults(options => Load(modelPath, options, prepackedWeightsContainer)))
    {
    }

    /// <summary>Reads a model from a file; weights rearranged for the processor are shared with the container's other sessions.</summary>
    /// <exception cref="OnnxRuntimeException">The file is missing or holds no usable model.</exception>
    public InferenceSession(string modelPath, SessionOptions options, PrePackedWeightsContainer prepackedWeightsContainer)
        : this(Load(modelPath, options, prepackedWeightsContainer))
    {
    }

    /// <summary>Reads a model from memory, with default options; weights rearranged for the processor are shared with the container's other sessions.</summary>
    /// <exception cref="OnnxRuntimeException">The bytes are no usable model.</exception>
    public InferenceSession(byte[] model, PrePackedWeightsContainer prepackedWeightsContainer)
        : this(WithDefaults(options => Load(model, options, prepackedWeightsContainer)))
    {
    }

    /// <summary>Reads a model from memory; weights rearranged for the processor are shared with the container's other sessions.</summary>
    /// <exception cref="OnnxRuntimeException">The bytes are no usable model.</exception>
    public InferenceSession(byte[] model, SessionOptions options, PrePackedWeightsContainer prepackedWeightsContainer)
        : this(Load(model, options, prepackedWeightsContainer))
    {
    }

    private InferenceSession(nint handle)
    {
        _handle = handle;
        try
        {
            (_inputNames, _inputs) = Nodes(Slot.SessionGetInputCount, Slot.SessionGetInputName, Slot.SessionGetInputTypeInfo, _utf8Inputs);
            (_outputNames, _outputs) = Nodes(Slot.SessionGetOutputCount, Slot.SessionGetOutputName, Slot.SessionGetOutputTypeInfo, _utf8Outputs);
            _modelMetadata = new Lazy<ModelMetadata>(() => new ModelMetadata(Handle));
            _defaultRunOptions = new RunOptions();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Releases a session that nobody disposed of.</summary>
    ~InferenceSession() => Dispose(disposing: false);

    /// <summary>The inputs by name.</summary>
    public IReadOnlyDictionary<string, NodeMetadata> InputMetadata => _inputs;

    /// <summary>Names of the inputs in the model's order.</summary>
    public IReadOnlyList<string> InputNames => _inputNames;

    /// <summary>The outputs by name.</summary>
    public IReadOnlyDictionary<string, NodeMetadata> OutputMetadata => _outputs;

    /// <summary>Names of the outputs in the model's order.</summary>
    public IReadOnlyList<string> OutputNames => _outputNames;

    /// <summary>What the model says of itself.</summary>
    public ModelMetadata ModelMetadata => _modelMetadata.Value;

    /// <summary>When profiling began, in nanoseconds of the profiler's clock; 0 without profiling.</summary>
    public ulong ProfilingStartTimeNs => (ulong)NativeMethods.Get(Slot.SessionGetProfilingStartTimeNs, Handle);

    internal nint Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(_handle == 0, this);
            return _handle;
        }
    }

    /// <summary>Ends profiling and returns the name of the file written.</summary>
    public string EndProfiling() =>
        NativeMethods.TakeText(NativeMethods.Get(Slot.SessionEndProfiling, Handle, OrtAllocator.DefaultInstance.Pointer));

    /// <summary>Makes a binding of values to this session's names.</summary>
    public OrtIoBinding CreateIoBinding() => new(this);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the native session.</summary>
    protected virtual void Dispose(bool disposing)
    {
        nint handle = Interlocked.Exchange(ref _handle, 0);
        if (handle == 0)
            return;

        if (disposing)
            _defaultRunOptions?.Dispose();
        NativeMethods.Release(Slot.ReleaseSession, handle);
        foreach (nint name in _utf8Inputs.Values.Concat(_utf8Outputs.Values))
            Marshal.FreeCoTaskMem(name);
    }

    private (List<string> Names, Dictionary<string, NodeMetadata> Nodes) Nodes(Slot count, Slot name, Slot type, Dictionary<string, nint> utf8)
    {
        var names = new List<string>();
        var nodes = new Dictionary<string, NodeMetadata>();
        nint total = NativeMethods.Get(count, Handle);
        for (nint i = 0; i < total; i++)
        {
            string text = NativeMethods.TakeText(NativeMethods.Get(name, Handle, i, OrtAllocator.DefaultInstance.Pointer));
            names.Add(text);
            nodes[text] = Node(type, i);
            utf8[text] = Marshal.StringToCoTaskMemUTF8(text);
        }

        return (names, nodes);
    }

    private NodeMetadata Node(Slot slot, nint index)
    {
        nint type = NativeMethods.Get(slot, Handle, index);
        try
        {
            return new NodeMetadata(type);
        }
        finally
        {
            NativeMethods.Release(Slot.ReleaseTypeInfo, type);
        }
    }
}
