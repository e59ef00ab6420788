using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Native;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>Values bound to the names of a session's inputs and outputs, to run without moving them.</summary>
public class OrtIoBinding : SafeHandle
{
    // A session must outlive what is bound to it.
    private readonly InferenceSession _session;

    internal OrtIoBinding(InferenceSession session)
        : base(0, true)
    {
        SetHandle(NativeMethods.Get(Slot.CreateIoBinding, session.Handle));
        _session = session;
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    internal nint Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(handle == 0, _session);
            return handle;
        }
    }

    /// <summary>Binds an input to a value that exists.</summary>
    public void BindInput(string name, OrtValue ortValue) => NativeMethods.Set(Slot.BindInput, Handle, name, ortValue.Handle);

    /// <summary>Binds an input to a tensor over memory that an allocator gave; the memory must outlive the binding.</summary>
    public void BindInput(string name, TensorElementType elementType, long[] shape, OrtMemoryAllocation allocation)
    {
        using OrtValue value = OrtValue.CreateTensorValueWithData(allocation.Info, elementType, shape, allocation.Pointer, allocation.Size);
        BindInput(name, value);
    }

    /// <summary>Binds an input to a tensor that lies where it is.</summary>
    public void BindInput(string name, FixedBufferOnnxValue fixedValue) => BindInput(name, fixedValue.Value);

    /// <summary>Binds an output to a tensor over memory that an allocator gave; the memory must outlive the binding.</summary>
    public void BindOutput(string name, TensorElementType elementType, long[] shape, OrtMemoryAllocation allocation)
    {
        using OrtValue value = OrtValue.CreateTensorValueWithData(allocation.Info, elementType, shape, allocation.Pointer, allocation.Size);
        BindOutput(name, value);
    }

    /// <summary>Binds an output to a tensor that lies where it is.</summary>
    public void BindOutput(string name, FixedBufferOnnxValue fixedValue) => BindOutput(name, fixedValue.Value);

    /// <summary>Binds an output to a value that exists.</summary>
    public void BindOutput(string name, OrtValue ortValue) => NativeMethods.Set(Slot.BindOutput, Handle, name, ortValue.Handle);

    /// <summary>Binds an output to memory that is made on a device when the model runs.</summary>
    public void BindOutputToDevice(string name, OrtMemoryInfo memInfo) => NativeMethods.Set(Slot.BindOutputToDevice, Handle, name, memInfo.Pointer);

    /// <summary>Waits until inputs have arrived on their device.</summary>
    public void SynchronizeBoundInputs() => NativeMethods.Do(Slot.SynchronizeBoundInputs, Handle);

    /// <summary>Waits until outputs are whole.</summary>
    public void SynchronizeBoundOutputs() => NativeMethods.Do(Slot.SynchronizeBoundOutputs, Handle);

    /// <summary>Returns names of outputs in the order they were bound.</summary>
    public unsafe string[] GetOutputNames()
    {
        byte* text = null;
        nint* lengths = null;
        nint count = 0;
        NativeMethods.Check(((delegate* unmanaged<nint, nint, byte**, nint**, nint*, nint>)NativeMethods.Function(Slot.GetBoundOutputNames))(Handle, OrtAllocator.DefaultInstance.Pointer, &text, &lengths, &count));
        if (count == 0)
            return [];

        var names = new string[count];
        byte* start = text;
        for (nint i = 0; i < count; start += lengths[i++])
            names[i] = Marshal.PtrToStringUTF8((nint)start, (int)lengths[i]);
        NativeMethods.FreeDefault((nint)text);
        NativeMethods.FreeDefault((nint)lengths);
        return names;
    }

    /// <summary>Returns outputs in the order they were bound.</summary>
    public unsafe IDisposableReadOnlyCollection<OrtValue> GetOutputValues()
    {
        nint* values = null;
        nint count = 0;
        NativeMethods.Check(((delegate* unmanaged<nint, nint, nint**, nint*, nint>)NativeMethods.Function(Slot.GetBoundOutputValues))(Handle, OrtAllocator.DefaultInstance.Pointer, &values, &count));
        var list = new DisposableList<OrtValue>();
        for (nint i = 0; i < count; i++)
            list.Add(new OrtValue(values[i]));
        if (count != 0)
            NativeMethods.FreeDefault((nint)values);
        return list;
    }

    /// <summary>Forgets all inputs.</summary>
    public void ClearBoundInputs() => NativeMethods.DoUnchecked(Slot.ClearBoundInputs, Handle);

    /// <summary>Forgets all outputs.</summary>
    public void ClearBoundOutputs() => NativeMethods.DoUnchecked(Slot.ClearBoundOutputs, Handle);

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeMethods.Release(Slot.ReleaseIoBinding, handle);
        handle = 0;
        return true;
    }
}
