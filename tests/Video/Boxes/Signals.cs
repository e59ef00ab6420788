using System.Runtime.InteropServices;

namespace Unreel.Video.Tests.Boxes;

/// <summary>Signals to processes.</summary>
internal static partial class Signals
{
    public const int Kill = 9, Stop = 19;

    /// <summary>Sends one; to none where there is no process.</summary>
    public static void Send(int process, int signal)
    {
        if (process > 0)
            _ = SendTo(process, signal);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendTo(int process, int signal);
}
