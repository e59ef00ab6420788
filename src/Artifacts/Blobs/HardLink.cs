using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Unreel.Artifacts.Blobs;

/// <summary>Gives a file a name that nobody else may have taken: link(2), the one call of POSIX that does so in a single step.</summary>
internal static partial class HardLink
{
    private const int Exists = 17, NotPermitted = 1, NotSupported = 95;

    /// <summary>Names <paramref name="file"/> also <paramref name="name"/>.</summary>
    /// <returns>False where the name is taken.</returns>
    /// <exception cref="IOException">The file system refuses for another reason.</exception>
    public static bool TryCreate(string file, string name)
    {
        if (Link(file, name) == 0)
            return true;

        int error = Marshal.GetLastPInvokeError();
        if (error == Exists)
            return false;

        // Without hard links File.Move looks first and then moves, which two writers of the same bytes can bear.
        if (error is NotPermitted or NotSupported)
            File.Move(file, name, overwrite: false);
        else
            throw new IOException($"{new Win32Exception(error).Message} : '{name}'");

        return true;
    }

    /// <summary>Names <paramref name="file"/> also <paramref name="name"/>, where both can be on one file system.</summary>
    /// <returns>False where they cannot, or the name is taken: then nothing has happened.</returns>
    public static bool TryShare(string file, string name) => !OperatingSystem.IsWindows() && Link(file, name) == 0;

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string file, string name);
}
