using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Unreel.Video.Native;

namespace Unreel.Video.Boxes;

/// <summary>The functions of <c>unreel_box.h</c>, which says what each does.</summary>
internal static unsafe partial class BoxNative
{
    /// <summary>Frames that can be asked for at a time.</summary>
    public const int Numbers = 4096;

    private const string Library = "unreel_av";

    [LibraryImport(Library, EntryPoint = "unreel_box_start", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Start(string program, in BoxLimits limits, out BoxHandle box, out int unfiltered);

    [LibraryImport(Library, EntryPoint = "unreel_box_process")]
    public static partial int Process(BoxHandle box);

    [LibraryImport(Library, EntryPoint = "unreel_box_alive")]
    public static partial int Alive(BoxHandle box);

    [LibraryImport(Library, EntryPoint = "unreel_box_open")]
    public static partial int Open(BoxHandle box, SafeFileHandle descriptor, long start, long length, in NativeLimits limits, out NativeInfo info);

    [LibraryImport(Library, EntryPoint = "unreel_box_ask")]
    public static partial int Ask(BoxHandle box, ReadOnlySpan<int> numbers, int count, int begin);

    [LibraryImport(Library, EntryPoint = "unreel_box_next")]
    public static partial int Next(BoxHandle box, out byte* rgb, out int width, out int height);

    [LibraryImport(Library, EntryPoint = "unreel_box_release")]
    public static partial int Release(BoxHandle box);

    [LibraryImport(Library, EntryPoint = "unreel_box_close")]
    public static partial int Close(BoxHandle box);

    [LibraryImport(Library, EntryPoint = "unreel_box_kill")]
    public static partial void Kill(BoxHandle box);

    [LibraryImport(Library, EntryPoint = "unreel_box_reap")]
    public static partial void Reap(BoxHandle box, out BoxEnd end);

    [LibraryImport(Library, EntryPoint = "unreel_box_free")]
    public static partial void Free(nint box);

    [LibraryImport(Library, EntryPoint = "unreel_box_file", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int File(string path, out long length);

    [LibraryImport(Library, EntryPoint = "unreel_box_memory")]
    public static partial int Memory();

    [LibraryImport(Library, EntryPoint = "unreel_box_view")]
    public static partial int View(SafeFileHandle descriptor, int seal);
}

/// <summary>Owns an <c>UnreelBox</c>.</summary>
internal sealed class BoxHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        BoxNative.Free(handle);
        return true;
    }
}

/// <summary><c>UnreelBoxLimits</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BoxLimits
{
    public long Memory;
    public long Room;
    public double Patience;
}

/// <summary><c>UnreelBoxEnd</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BoxEnd
{
    public int Signal;
    public int Code;
}
