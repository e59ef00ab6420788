using Microsoft.ML.OnnxRuntime.Native;

namespace Microsoft.ML.OnnxRuntime;

public partial class InferenceSession
{
    /// <summary>Runs the model and fetches every output.</summary>
    /// <exception cref="OnnxRuntimeException">A name, type or shape does not fit, or the run failed.</exception>
    public IDisposableReadOnlyCollection<DisposableNamedOnnxValue> Run(IReadOnlyCollection<NamedOnnxValue> inputs) =>
        Run(inputs, _outputNames);

    /// <summary>Runs the model and fetches the named outputs.</summary>
    /// <exception cref="OnnxRuntimeException">A name, type or shape does not fit, or the run failed.</exception>
    public IDisposableReadOnlyCollection<DisposableNamedOnnxValue> Run(IReadOnlyCollection<NamedOnnxValue> inputs, IReadOnlyCollection<string> outputNames) =>
        Run(inputs, outputNames, _defaultRunOptions);

    /// <summary>Runs the model with options of its own and fetches the named outputs.</summary>
    /// <exception cref="OnnxRuntimeException">A name, type or shape does not fit, or the run failed.</exception>
    public IDisposableReadOnlyCollection<DisposableNamedOnnxValue> Run(IReadOnlyCollection<NamedOnnxValue> inputs, IReadOnlyCollection<string> outputNames, RunOptions options)
    {
        nint[] names = [.. inputs.Select(input => Input(input.Name))];
        nint[] outputs = [.. outputNames.Select(Output)];
        using var values = new DisposableList<OrtValue>();
        foreach (NamedOnnxValue input in inputs)
            values.Add(input.ToOrtValue(_inputs[input.Name]));

        nint[] fetched = Run(options, names, [.. values.Select(value => value.Handle)], outputs, new nint[outputs.Length]);
        var results = new DisposableList<DisposableNamedOnnxValue>();
        foreach ((string name, nint value) in outputNames.Zip(fetched))
            results.Add(DisposableNamedOnnxValue.Own(name, new OrtValue(value)));
        return results;
    }

    /// <summary>Runs the model on values by name and fetches the named outputs.</summary>
    /// <exception cref="OnnxRuntimeException">A name, type or shape does not fit, or the run failed.</exception>
    public IDisposableReadOnlyCollection<OrtValue> Run(RunOptions runOptions, IReadOnlyDictionary<string, OrtValue> inputs, IReadOnlyCollection<string> outputNames) =>
        Run(runOptions, [.. inputs.Keys], [.. inputs.Values], outputNames);

    /// <summary>Runs the model on values and fetches the named outputs.</summary>
    /// <exception cref="ArgumentException">There are more or fewer names than values.</exception>
    /// <exception cref="OnnxRuntimeException">A name, type or shape does not fit, or the run failed.</exception>
    public IDisposableReadOnlyCollection<OrtValue> Run(RunOptions runOptions, IReadOnlyCollection<string> inputNames, IReadOnlyCollection<OrtValue> inputValues, IReadOnlyCollection<string> outputNames)
    {
        CheckCounts(nameof(inputNames), inputNames.Count, nameof(inputValues), inputValues.Count);
        nint[] outputs = [.. outputNames.Select(Output)];
        nint[] fetched = Run(runOptions, [.. inputNames.Select(Input)], [.. inputValues.Select(value => value.Handle)], outputs, new nint[outputs.Length]);
        GC.KeepAlive(inputValues);
        var results = new DisposableList<OrtValue>();
        results.AddRange(fetched.Select(value => new OrtValue(value)));
        return results;
    }

    /// <summary>Runs the model on values and writes the named outputs into tensors that exist.</summary>
    /// <exception cref="ArgumentException">There are more or fewer names than values.</exception>
    /// <exception cref="OnnxRuntimeException">A name, type or shape does not fit, or the run failed.</exception>
    public void Run(RunOptions runOptions, IReadOnlyCollection<string> inputNames, IReadOnlyCollection<OrtValue> inputValues, IReadOnlyCollection<string> outputNames, IReadOnlyCollection<OrtValue> outputValues)
    {
        CheckCounts(nameof(inputNames), inputNames.Count, nameof(inputValues), inputValues.Count);
        CheckCounts(nameof(outputNames), outputNames.Count, nameof(outputValues), outputValues.Count);
        Run(
            runOptions ?? _defaultRunOptions,
            [.. inputNames.Select(Input)],
            [.. inputValues.Select(value => value.Handle)],
            [.. outputNames.Select(Output)],
            [.. outputValues.Select(value => value.Handle)]);
        GC.KeepAlive(inputValues);
        GC.KeepAlive(outputValues);
    }

    /// <summary>Runs the model on what is bound.</summary>
    /// <exception cref="OnnxRuntimeException">Something is not bound or does not fit, or the run failed.</exception>
    public void RunWithBinding(RunOptions runOptions, OrtIoBinding ioBinding)
    {
        NativeMethods.Check(Binding(runOptions, ioBinding));
        GC.KeepAlive(this);
    }

    /// <summary>Runs the model on what is bound and fetches the outputs in the order they were bound.</summary>
    /// <exception cref="OnnxRuntimeException">Something is not bound or does not fit, or the run failed.</exception>
    public IDisposableReadOnlyCollection<OrtValue> RunWithBoundResults(RunOptions runOptions, OrtIoBinding ioBinding)
    {
        RunWithBinding(runOptions, ioBinding);
        return ioBinding.GetOutputValues();
    }

    private static void CheckCounts(string names, int nameCount, string values, int valueCount)
    {
        if (nameCount != valueCount)
            throw new ArgumentException($"Length of {names} ({nameCount}) must match that of {values} ({valueCount}).");
    }

    private nint Input(string name) => _utf8Inputs.TryGetValue(name, out nint utf8)
        ? utf8
        : throw new OnnxRuntimeException(ErrorCode.InvalidArgument, $"Input name: '{name}' is not in the metadata");

    private nint Output(string name) => _utf8Outputs.TryGetValue(name, out nint utf8)
        ? utf8
        : throw new OnnxRuntimeException(ErrorCode.InvalidArgument, $"Output name: '{name}' is not in the metadata");

    private unsafe nint Binding(RunOptions options, OrtIoBinding binding) =>
        ((delegate* unmanaged<nint, nint, nint, nint>)NativeMethods.Function(Slot.RunWithBinding))(Handle, options.Handle, binding.Handle);

    private unsafe nint[] Run(RunOptions options, nint[] inputNames, nint[] inputValues, nint[] outputNames, nint[] outputValues)
    {
        fixed (nint* names = inputNames, values = inputValues, outputs = outputNames, results = outputValues)
        {
            NativeMethods.Check(((delegate* unmanaged<nint, nint, nint*, nint*, nuint, nint*, nuint, nint*, nint>)NativeMethods.Function(Slot.Run))(
                Handle, options.Handle, names, values, (nuint)inputNames.Length, outputs, (nuint)outputNames.Length, results));
        }

        GC.KeepAlive(options);
        GC.KeepAlive(this);
        return outputValues;
    }
}
