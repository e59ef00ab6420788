using System.Runtime.InteropServices;

namespace TorchSharp.PInvoke;

internal static unsafe partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial int unreel_manual_seed(ulong seed);

    [LibraryImport(Library)]
    internal static partial int unreel_generator_new(ulong seed, long device, out IntPtr generator);

    [LibraryImport(Library)]
    internal static partial int unreel_generator_default(long device, out IntPtr generator);

    [LibraryImport(Library)]
    internal static partial int unreel_generator_set_seed(IntPtr generator, ulong seed);

    [LibraryImport(Library)]
    internal static partial int unreel_generator_seed(IntPtr generator, out ulong seed);

    [LibraryImport(Library)]
    internal static partial int unreel_generator_initial_seed(IntPtr generator, out ulong seed);

    [LibraryImport(Library)]
    internal static partial int unreel_generator_get_state(IntPtr generator, out IntPtr state);

    [LibraryImport(Library)]
    internal static partial int unreel_generator_set_state(IntPtr generator, IntPtr state);

    [LibraryImport(Library)]
    internal static partial void unreel_generator_free(IntPtr generator);

    [LibraryImport(Library)]
    internal static partial int unreel_num_threads();

    [LibraryImport(Library)]
    internal static partial int unreel_set_num_threads(int count);

    [LibraryImport(Library)]
    internal static partial int unreel_num_interop_threads();

    [LibraryImport(Library)]
    internal static partial int unreel_set_num_interop_threads(int count);

    [LibraryImport(Library)]
    internal static partial int unreel_cuda_available();

    [LibraryImport(Library)]
    internal static partial int unreel_cuda_device_count();

    [LibraryImport(Library)]
    internal static partial int unreel_cuda_synchronize(int index);

    [LibraryImport(Library)]
    internal static partial IntPtr unreel_torch_version();
}
