namespace Unreel.Video;

/// <summary>All views of one video as a model takes them.</summary>
/// <param name="Pixels">uint8 RGB, [view, frame, row, column, channel].</param>
/// <param name="Views">Clips x crops, clip by clip.</param>
/// <param name="Frames">Frames a view.</param>
/// <param name="Size">Side of the square frames.</param>
public sealed record ViewSet(byte[] Pixels, int Views, int Frames, int Size);
