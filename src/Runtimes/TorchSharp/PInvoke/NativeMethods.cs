using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]
[module: SkipLocalsInit]

namespace TorchSharp.PInvoke;

/// <summary>The C interface of libunreel_torch; see src/Runtimes/Native/torch/unreel_torch.h.</summary>
internal static unsafe partial class NativeMethods
{
    private const string Library = "unreel_torch";

    /// <summary>Throws what the calling thread's last native call left behind, unless it succeeded.</summary>
    internal static void Check(int status)
    {
        if (status != 0)
            throw new ExternalException(Marshal.PtrToStringUTF8(unreel_last_error()));
    }

    [LibraryImport(Library)]
    private static partial IntPtr unreel_last_error();

    [LibraryImport(Library)]
    internal static partial int unreel_operator_find(byte* name, byte* overload, out IntPtr op);

    [LibraryImport(Library)]
    internal static partial int unreel_operator_call(IntPtr op, Value* arguments, int count, Value* results, int capacity, int* produced);

    [LibraryImport(Library)]
    internal static partial int unreel_results_take(Value* results, int count);

    [LibraryImport(Library)]
    internal static partial int unreel_tensor_copy_in(void* data, long* sizes, int dim, int dtype, out IntPtr tensor);

    [LibraryImport(Library)]
    internal static partial int unreel_tensor_adopt(
        void* data, long* sizes, int dim, int dtype, delegate* unmanaged<void*, void> release, void* context, out IntPtr tensor);

    [LibraryImport(Library)]
    internal static partial int unreel_tensor_copy_out(IntPtr tensor, void* destination, long bytes);

    [LibraryImport(Library)]
    internal static partial int unreel_tensor_data(IntPtr tensor, out void* data);

    [LibraryImport(Library)]
    internal static partial int unreel_tensor_sizes(IntPtr tensor, long* sizes, long* strides, int capacity, out int dim);

    [LibraryImport(Library)]
    internal static partial int unreel_tensor_set_data(IntPtr tensor, IntPtr data);

    [LibraryImport(Library)]
    internal static partial void unreel_tensor_free(IntPtr tensor);

    // These read a field or two: cheaper than telling the collector about the call.
    [LibraryImport(Library), SuppressGCTransition]
    internal static partial long unreel_tensor_numel(IntPtr tensor);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int unreel_tensor_dim(IntPtr tensor);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int unreel_tensor_dtype(IntPtr tensor);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial long unreel_tensor_element_size(IntPtr tensor);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial long unreel_tensor_device(IntPtr tensor);

    [LibraryImport(Library)]
    internal static partial int unreel_tensor_requires_grad(IntPtr tensor);

    [LibraryImport(Library)]
    internal static partial int unreel_tensor_set_requires_grad(IntPtr tensor, int value);

    [LibraryImport(Library)]
    internal static partial int unreel_tensor_is_leaf(IntPtr tensor);

    [LibraryImport(Library)]
    internal static partial int unreel_tensor_retain_grad(IntPtr tensor);

    [LibraryImport(Library)]
    internal static partial int unreel_tensor_grad(IntPtr tensor, out IntPtr grad);

    [LibraryImport(Library)]
    internal static partial int unreel_tensor_set_grad(IntPtr tensor, IntPtr grad);

    [LibraryImport(Library)]
    internal static partial int unreel_backward(
        IntPtr* roots, IntPtr* gradients, int count, int retainGraph, int createGraph, IntPtr* inputs, int inputCount);

    [LibraryImport(Library)]
    internal static partial int unreel_gradients(
        IntPtr* outputs, IntPtr* gradients, int count, IntPtr* inputs, int inputCount,
        int retainGraph, int createGraph, int allowUnused, IntPtr* results);

    [LibraryImport(Library)]
    internal static partial int unreel_grad_mode();

    [LibraryImport(Library)]
    internal static partial void unreel_set_grad_mode(int enabled);

    [LibraryImport(Library)]
    internal static partial int unreel_inference_mode();

    [LibraryImport(Library)]
    internal static partial int unreel_inference_enter(int enabled, out IntPtr guard);

    [LibraryImport(Library)]
    internal static partial void unreel_inference_leave(IntPtr guard);
}
