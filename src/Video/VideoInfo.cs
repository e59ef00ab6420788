namespace Unreel.Video;

/// <summary>What a video is.</summary>
/// <param name="Size">Size of its frames as they are to be shown: turned upright, with square pixels.</param>
/// <param name="FrameCount">How many frames it shows, counted by presentation times or by decoding, at least 1.</param>
/// <param name="FrameRate">Frames a second, the mean where the rate varies.</param>
/// <param name="Duration">How long it lasts.</param>
/// <param name="Rotation">Clockwise degrees its stored frames are turned by: 0, 90, 180 or 270.</param>
/// <param name="Codec">libav's name of the codec, e.g. <c>h264</c>.</param>
/// <param name="PixelFormat">libav's name of the stored pixels, e.g. <c>yuv420p10le</c>.</param>
public sealed record VideoInfo(FrameSize Size, int FrameCount, double FrameRate, TimeSpan Duration, int Rotation, string Codec, string PixelFormat);
