using Unreel.Video.Native;

namespace Unreel.Video;

/// <summary>
/// Writes H.264 in MP4 (4:2:0, BT.709, limited range, index at the front). Equal frames give equal bytes with the same
/// libx264. The file appears under its name when <see cref="Finish"/> is done, and not at all without it.
/// </summary>
public sealed class VideoWriter : IDisposable
{
    private readonly WriterHandle _handle;
    private readonly string _path;
    private readonly string _temporary;
    private bool _finished;

    /// <summary>Starts a video.</summary>
    /// <param name="path">The file to write; one that is there is replaced at the end.</param>
    /// <param name="size">Size of the frames; both sides even, because 4:2:0 shares colour between two pixels, and at least 16.</param>
    /// <param name="frameRate">Frames a second, above 0, at most 1000.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="VideoException">The size cannot be encoded, or the file cannot be written.</exception>
    public VideoWriter(string path, FrameSize size, double frameRate, VideoWriterOptions? options = null)
    {
        options ??= new VideoWriterOptions();
        if (size.Width % 2 != 0 || size.Height % 2 != 0 || size.Width < 16 || size.Height < 16 || size.Width > 16384 || size.Height > 16384)
            throw new VideoException($"{path}: frames of {size} cannot be written as H.264: both sides must be even, 16 to 16384.");
        if (!(frameRate > 0 && frameRate <= 1000))
            throw new VideoException($"{path}: a frame rate of {frameRate} cannot be written: it must be above 0 and at most 1000.");

        _path = Path.GetFullPath(path);
        _temporary = $"{_path}.{Environment.ProcessId}.part";
        Size = size;
        int status = LibAv.Create(_temporary, size.Width, size.Height, frameRate, options.Crf, options.Gop, options.Preset, out _handle);
        if (status < 0 && File.Exists(_temporary))
            File.Delete(_temporary);
        NativeStatus.Check(status, path);
    }

    /// <summary>Size of the frames.</summary>
    public FrameSize Size { get; }

    /// <summary>Adds a frame: RGB [row, column, channel].</summary>
    /// <exception cref="VideoException">The disk is full, or the encoder fails.</exception>
    public unsafe void Write(ReadOnlySpan<byte> rgbFrame)
    {
        if (rgbFrame.Length != Size.Width * Size.Height * 3)
            throw new ArgumentException($"A frame of {Size} has {Size.Width * Size.Height * 3} bytes, not {rgbFrame.Length}.", nameof(rgbFrame));

        fixed (byte* pixels = rgbFrame)
            NativeStatus.Check(LibAv.Write(_handle, pixels, rgbFrame.Length), _path);
    }

    /// <summary>Ends the video and gives it its name.</summary>
    /// <exception cref="VideoException">The disk is full, or the encoder fails.</exception>
    public void Finish()
    {
        NativeStatus.Check(LibAv.Finish(_handle), _path);
        _handle.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        _finished = true;
    }

    /// <summary>Frees the encoder; without <see cref="Finish"/> the file is given up.</summary>
    public void Dispose()
    {
        _handle.Dispose();
        if (!_finished)
            File.Delete(_temporary);
    }
}
