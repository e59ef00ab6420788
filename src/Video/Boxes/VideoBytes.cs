using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Unreel.Video.Native;

namespace Unreel.Video.Boxes;

/// <summary>A video as a descriptor that can be given to another process, which can read through it and not write.</summary>
internal sealed class VideoBytes : IDisposable
{
    private const int CopyBytes = 1 << 16;

    private VideoBytes(SafeFileHandle descriptor, long start, long length) => (Descriptor, Start, Length) = (descriptor, start, length);

    public SafeFileHandle Descriptor { get; }

    public long Start { get; }

    public long Length { get; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="VideoException">There is no such file, or it is none.</exception>
    public static VideoBytes Of(string path)
    {
        if (!File.Exists(path))
            throw new VideoException(Directory.Exists(path) ? $"{path}: is a folder, not a video." : $"{path}: there is no such file.");

        int descriptor = BoxNative.File(Path.GetFullPath(path), out long length);
        NativeStatus.Check(descriptor, path);
        return new VideoBytes(new SafeFileHandle(descriptor, ownsHandle: true), 0, length);
    }

    /// <summary>Takes a stream from its present position on: the file below it, or a copy in memory.</summary>
    /// <exception cref="VideoException">The stream fails.</exception>
    public static VideoBytes Of(Stream stream, string name)
    {
        FileStream? file = stream as FileStream;
        long start, length;
        try
        {
            start = stream.Position;
            if (file is null)
                return Copy(stream, name);

            file.Flush();
            length = file.Length - start;
        }
        catch (IOException failure)
        {
            // The reason may name folders of this machine, and this message goes to whoever sent the video.
            throw new VideoException($"{name}: its bytes cannot be read.", failure);
        }

        // A descriptor that is wanting here is no failing of the video.
        return new VideoBytes(View(file.SafeFileHandle, seal: false), start, length);
    }

    /// <inheritdoc/>
    public void Dispose() => Descriptor.Dispose();

    private static SafeFileHandle View(SafeFileHandle descriptor, bool seal)
    {
        int view = BoxNative.View(descriptor, seal ? 1 : 0);
        return view >= 0 ? new SafeFileHandle(view, ownsHandle: true) : throw new IOException($"{LibAv.Reason()}.");
    }

    private static VideoBytes Copy(Stream stream, string name)
    {
        int memory = BoxNative.Memory();
        if (memory < 0)
            throw new IOException($"{name}: {LibAv.Reason()}.");

        using SafeFileHandle descriptor = new(memory, ownsHandle: true);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            long length = 0;
            for (int read; (read = stream.Read(buffer)) > 0; length += read)
                RandomAccess.Write(descriptor, buffer.AsSpan(0, read), length);

            return new VideoBytes(View(descriptor, seal: true), 0, length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
