namespace Unreel.Video.Tests.Boxes;

/// <summary>Programs that stand in for the one that decodes and behave as it would if a video had taken it over.</summary>
internal static class StubProgram
{
    public const string Python = "/usr/bin/python3";

    private const string Start = """
        #!/usr/bin/python3
        import array, mmap, os, signal, socket, struct, sys, time
        READY, OPENED, FRAME, NEED, FAILED, CLOSED, OPEN, ROOM, ASK, RELEASE, CLOSE = 1, 2, 3, 4, 5, 6, 65, 66, 67, 68, 69
        box = socket.socket(fileno=3)
        def say(kind, status=0, number=0, count=0, width=0, height=0, start=0, size=0, payload=b''):
            box.send(struct.pack('=6i2q', kind, status, number, count, width, height, start, size) + payload)
        def hear():
            data, sent, _, _ = socket.recv_fds(box, 65536, 4)
            if not data:
                sys.exit(0)
            return struct.unpack('=6i2q', data[:40]) + (sent,)
        def until(kind):
            while True:
                head = hear()
                if head[0] == kind:
                    return head
        def info(width=64, height=48, frames=10, seconds=0.4, codec=b'h264'):
            return struct.pack('=6i2d32s32s64s', width, height, width, height, frames, 0, 25, seconds, codec, b'yuv420p', b'mp4')
        def opened(**facts):
            say(READY)
            until(OPEN)
            say(OPENED, payload=info(**facts))

        """;

    /// <summary>Writes one that does as <paramref name="lines"/> say.</summary>
    public static string Write(string folder, string lines)
    {
        string path = Path.Combine(folder, "stub");
        File.WriteAllText(path, Start + lines + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }
}
