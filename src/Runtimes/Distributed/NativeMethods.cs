using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace Unreel.Distributed;

/// <summary>The C interface of libunreel_c10d; see src/Runtimes/Native/c10d/unreel_c10d.h.</summary>
internal static unsafe partial class NativeMethods
{
    private const string Library = "unreel_c10d";

    /// <summary>What the calling thread's last failing call left behind.</summary>
    public static string LastError() => Marshal.PtrToStringUTF8(unreel_c10d_last_error()) ?? "an unknown error";

    [LibraryImport(Library)]
    internal static partial IntPtr unreel_c10d_last_error();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int unreel_c10d_has(string backend);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int unreel_c10d_group_new(string backend, StoreFunctions* store, int rank, int count, string address, out IntPtr group);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void unreel_c10d_group_abandon(IntPtr group, string reason);

    [LibraryImport(Library)]
    internal static partial void unreel_c10d_group_free(IntPtr group);

    [LibraryImport(Library)]
    internal static partial int unreel_c10d_broadcast(IntPtr group, IntPtr* tensors, int count, int root);

    [LibraryImport(Library)]
    internal static partial int unreel_c10d_all_reduce(IntPtr group, IntPtr tensor);

    [LibraryImport(Library)]
    internal static partial int unreel_c10d_reducer_new(IntPtr group, IntPtr* parameters, int count, long firstBucketBytes, long bucketBytes, out IntPtr reducer);

    [LibraryImport(Library)]
    internal static partial int unreel_c10d_reducer_arm(IntPtr reducer);

    [LibraryImport(Library)]
    internal static partial int unreel_c10d_reducer_finish(IntPtr reducer);

    [LibraryImport(Library)]
    internal static partial int unreel_c10d_reducer_overlapped(IntPtr reducer);

    [LibraryImport(Library)]
    internal static partial int unreel_c10d_reducer_buckets(IntPtr reducer);

    [LibraryImport(Library)]
    internal static partial void unreel_c10d_reducer_free(IntPtr reducer);

    [LibraryImport(Library)]
    internal static partial void unreel_c10d_exit(int code);

    [LibraryImport("libc")]
    internal static partial int kill(int process, int signal);

    /// <summary><c>unreel_store</c> of the header.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct StoreFunctions
    {
        public IntPtr Context;
        public delegate* unmanaged<IntPtr, byte*, byte*, long, int> Set;
        public delegate* unmanaged<IntPtr, byte*, long, byte*, long, long*, int> Get;
        public delegate* unmanaged<IntPtr, byte*, long, long*, int> Add;
        public delegate* unmanaged<IntPtr, byte*, int*, int> Has;
    }
}
