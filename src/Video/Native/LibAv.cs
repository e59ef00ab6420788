using System.Runtime.InteropServices;

namespace Unreel.Video.Native;

/// <summary>The functions of <c>libunreel_av</c>; see <c>unreel_av.h</c> for what each does.</summary>
internal static unsafe partial class LibAv
{
    private const string Library = "unreel_av";

    [LibraryImport(Library, EntryPoint = "unreel_av_message")]
    public static partial nint Message();

    [LibraryImport(Library, EntryPoint = "unreel_av_version")]
    public static partial nint Version();

    [LibraryImport(Library, EntryPoint = "unreel_av_live")]
    public static partial long Live();

    [LibraryImport(Library, EntryPoint = "unreel_av_open_file", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int OpenFile(string path, in NativeLimits limits, IndexHandle index, out ReaderHandle reader);

    [LibraryImport(Library, EntryPoint = "unreel_av_open_stream")]
    public static partial int OpenStream(delegate* unmanaged<nint, byte*, int, int> read, delegate* unmanaged<nint, long, int, long> seek, nint opaque, in NativeLimits limits, IndexHandle index, out ReaderHandle reader);

    [LibraryImport(Library, EntryPoint = "unreel_av_close")]
    public static partial void Close(nint reader);

    [LibraryImport(Library, EntryPoint = "unreel_av_info")]
    public static partial int Info(ReaderHandle reader, out NativeInfo info);

    [LibraryImport(Library, EntryPoint = "unreel_av_begin")]
    public static partial void Begin(ReaderHandle reader);

    [LibraryImport(Library, EntryPoint = "unreel_av_cancel")]
    public static partial void Cancel(ReaderHandle reader);

    [LibraryImport(Library, EntryPoint = "unreel_av_want")]
    public static partial int Want(ReaderHandle reader, int* frames, int count);

    [LibraryImport(Library, EntryPoint = "unreel_av_decode")]
    public static partial int Decode(ReaderHandle reader, int number, out int width, out int height);

    [LibraryImport(Library, EntryPoint = "unreel_av_copy")]
    public static partial int Copy(ReaderHandle reader, byte* rgb, long capacity);

    [LibraryImport(Library, EntryPoint = "unreel_av_motion")]
    public static partial int Motion(ReaderHandle reader, int cell, float* field, long capacity, out int vectors);

    [LibraryImport(Library, EntryPoint = "unreel_av_share_index")]
    public static partial IndexHandle ShareIndex(ReaderHandle reader);

    [LibraryImport(Library, EntryPoint = "unreel_av_release_index")]
    public static partial void ReleaseIndex(nint index);

    [LibraryImport(Library, EntryPoint = "unreel_av_create", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Create(string path, int width, int height, double frameRate, double crf, int gop, string preset, out WriterHandle writer);

    [LibraryImport(Library, EntryPoint = "unreel_av_write")]
    public static partial int Write(WriterHandle writer, byte* rgb, long size);

    [LibraryImport(Library, EntryPoint = "unreel_av_finish")]
    public static partial int Finish(WriterHandle writer);

    [LibraryImport(Library, EntryPoint = "unreel_av_destroy")]
    public static partial void Destroy(nint writer);

    /// <summary>The reason of the last failure on this thread.</summary>
    public static string Reason() => Marshal.PtrToStringUTF8(Message()) ?? "";
}
