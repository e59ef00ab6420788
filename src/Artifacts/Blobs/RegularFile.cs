using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Unreel.Artifacts.Blobs;

/// <summary>Tells files from pipes and devices, which have no end or would be waited for without one.</summary>
internal static partial class RegularFile
{
    private const int LinuxNonBlock = 0x800, LinuxCloseOnExec = 0x80000, MacNonBlock = 0x4, MacCloseOnExec = 0x1000000;

    /// <summary>Refuses what has bytes that its size does not tell of.</summary>
    /// <exception cref="StoreException">It is a pipe, a device, or made up by the system as it is read.</exception>
    public static void Require(string file)
    {
        FileInfo info = new(file);
        if (OperatingSystem.IsWindows() || !info.Exists || info.Length > 0)
            return;

        // Opened like any file, a pipe would wait for somebody to write to it.
        bool isMac = OperatingSystem.IsMacOS();
        using SafeFileHandle handle = Open(file, isMac ? MacNonBlock | MacCloseOnExec : LinuxNonBlock | LinuxCloseOnExec);
        if (handle.IsInvalid)
            return;

        using FileStream stream = new(handle, FileAccess.Read, bufferSize: 0);
        if (!stream.CanSeek || stream.ReadByte() >= 0)
            throw new StoreException($"{file} is a pipe, a device or another thing without a size; expected a file.");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string file, int flags);
}
