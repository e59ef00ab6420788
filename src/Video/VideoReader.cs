using Unreel.Video.Native;

namespace Unreel.Video;

/// <summary>Receives one frame: its place among the frames asked for, and its RGB pixels [row, column, channel].</summary>
/// <param name="position">Index into the frame numbers that were asked for.</param>
/// <param name="rgb">The pixels, valid during the call.</param>
internal delegate void FrameVisitor(int position, ReadOnlySpan<byte> rgb);

/// <summary>
/// Takes frames out of a video by number. Frames come upright, with square pixels, as full-range RGB by the matrix the
/// video is tagged with (untagged: BT.601 below 720 lines, else BT.709). Alpha is dropped, fields stay woven, and no tone
/// curve is changed. For one thread at a time.
/// </summary>
public sealed partial class VideoReader : IFrameReader, IDisposable
{
    private readonly ReaderHandle _handle;
    private readonly string _name;

    private VideoReader(ReaderHandle handle, string name)
    {
        _handle = handle;
        _name = name;
        NativeStatus.Check(LibAv.Info(handle, out NativeInfo info), name);
        Info = info.ToInfo();
    }

    /// <summary>What the video is.</summary>
    public VideoInfo Info { get; }

    /// <summary>Opens a file; it is read as frames are asked for, never as a whole.</summary>
    /// <exception cref="VideoException">There is no such file, or it is not a video that can be read; the message names it.</exception>
    public static VideoReader Open(string path, VideoLimits? limits = null) => Open(path, NativeLimits.From(limits ?? VideoLimits.Default), IndexHandle.None);

    /// <summary>Opens a stream that can seek, from its present position; it must stay open as long as the reader.</summary>
    /// <param name="stream">The bytes of the video.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="limits">Null for <see cref="VideoLimits.Default"/>.</param>
    /// <exception cref="VideoException">It is not a video that can be read.</exception>
    public static VideoReader Open(Stream stream, string name, VideoLimits? limits = null) =>
        Open(stream, name, NativeLimits.From(limits ?? VideoLimits.Default));

    /// <summary>Opens a stream with limits as the library has them.</summary>
    internal static unsafe VideoReader Open(Stream stream, string name, NativeLimits native)
    {
        if (!stream.CanRead || !stream.CanSeek)
            throw new ArgumentException("A video is read out of order: the stream must be able to read and to seek.", nameof(stream));

        var bridge = new StreamBridge(stream);
        int status = LibAv.OpenStream(&StreamBridge.Read, &StreamBridge.Seek, bridge.Opaque, native, IndexHandle.None, out ReaderHandle handle);
        handle.Bridge = bridge;
        if (status < 0)
            bridge.Release();

        return Finish(status, handle, name);
    }

    /// <summary>Opens a file with the index of an earlier opening of the same bytes.</summary>
    internal static VideoReader Open(string path, NativeLimits limits, IndexHandle index)
    {
        if (!File.Exists(path))
            throw new VideoException(Directory.Exists(path) ? $"{path}: is a folder, not a video." : $"{path}: there is no such file.");

        int status = LibAv.OpenFile(Path.GetFullPath(path), limits, index, out ReaderHandle handle);
        return Finish(status, handle, path);
    }

    /// <summary>Reads frames.</summary>
    /// <param name="frames">Frame numbers, 0 to <see cref="VideoInfo.FrameCount"/> - 1, at least one; ascending is cheapest, repeats are free.</param>
    /// <param name="size">The size to deliver (see <see cref="Resizer"/>), or null for <see cref="VideoInfo.Size"/>.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="VideoException">A frame is damaged, or reading takes longer than the limit.</exception>
    public Clip Read(ReadOnlySpan<int> frames, FrameSize? size, CancellationToken ct)
    {
        FrameSize target = size ?? Info.Size;
        var clip = new Clip(frames.Length, target);
        using var resizer = ResizePlan.Create(Info.Size, CropBox.Whole(Info.Size), target);
        Visit(frames, (position, rgb) => resizer.Apply(rgb, clip.Frame(position)), ct);
        return clip;
    }

    /// <summary>Shows frames one after the other, at <see cref="VideoInfo.Size"/>, so that no more than one is held.</summary>
    internal void Visit(ReadOnlySpan<int> frames, FrameVisitor visitor, CancellationToken ct)
    {
        using CancellationTokenRegistration registration = Begin(frames, ct);
        using var buffer = new FrameBuffer(Info.Size);
        Want(frames);
        for (int position = 0; position < frames.Length; position++)
        {
            if (position == 0 || frames[position] != frames[position - 1])
                Decode(frames[position], buffer, ct);
            visitor(position, buffer.Shown);
        }
    }

    /// <inheritdoc/>
    void IFrameReader.Visit(ReadOnlySpan<int> frames, FrameVisitor visitor, CancellationToken ct) => Visit(frames, visitor, ct);

    /// <summary>The index, to open the same bytes again without a scan.</summary>
    internal IndexHandle ShareIndex() => LibAv.ShareIndex(_handle);

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static VideoReader Finish(int status, ReaderHandle handle, string name)
    {
        try
        {
            Rethrow(handle, name);
            NativeStatus.Check(status, name);
            return new VideoReader(handle, name);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static void Rethrow(ReaderHandle handle, string name)
    {
        if (handle.Bridge?.Failure is not { } failure)
            return;

        handle.Bridge.Failure = null;
        throw new VideoException($"{name}: its stream failed: {failure.Message}", failure);
    }

    private CancellationTokenRegistration Begin(ReadOnlySpan<int> frames, CancellationToken ct)
    {
        foreach (int frame in frames)
            if (frame < 0 || frame >= Info.FrameCount)
                throw new ArgumentOutOfRangeException(nameof(frames), $"{_name}: there is no frame {frame}; the video has {Info.FrameCount}.");

        ct.ThrowIfCancellationRequested();
        LibAv.Begin(_handle);
        CancellationTokenRegistration registration = ct.UnsafeRegister(static handle => LibAv.Cancel((ReaderHandle)handle!), _handle);
        if (ct.IsCancellationRequested)
        {
            registration.Dispose();
            ct.ThrowIfCancellationRequested();
        }

        return registration;
    }

    /// <summary>Says which frames are going to be asked for; none for any.</summary>
    private unsafe void Want(ReadOnlySpan<int> frames)
    {
        fixed (int* first = frames)
            NativeStatus.Check(LibAv.Want(_handle, first, frames.Length), _name);
    }

    private FrameSize Decode(int number, CancellationToken ct)
    {
        int status = LibAv.Decode(_handle, number, out int width, out int height);
        Rethrow(_handle, _name);
        NativeStatus.Check(status, $"{_name}, frame {number}", ct);
        return new FrameSize(width, height);
    }

    private unsafe void Decode(int number, FrameBuffer buffer, CancellationToken ct)
    {
        int status;
        Span<byte> stored = buffer.Rent(Decode(number, ct));
        fixed (byte* pixels = stored)
            status = LibAv.Copy(_handle, pixels, stored.Length);
        NativeStatus.Check(status, $"{_name}, frame {number}", ct);
        buffer.MakeSquare();
    }
}
