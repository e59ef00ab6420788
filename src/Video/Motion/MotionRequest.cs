namespace Unreel.Video;

/// <summary>What is wanted to be known of motion.</summary>
public enum MotionKind
{
    /// <summary>
    /// The motion vectors that the video was coded with: how what a cell shows moves there and then, in pixels of the clip a frame of
    /// the video. Codecs of the MPEG family up to H.264 have them to give.
    /// </summary>
    Vectors,

    /// <summary>
    /// Where what a cell shows is in the neighbouring frame of the clip that is nearer to the clip's middle, in pixels of the clip; zero in
    /// the middle frame. Known where videos are drawn (<see cref="IClipMotion"/>), else found by <see cref="OpticalFlow"/>.
    /// </summary>
    Flow,
}

/// <summary>Asks for motion beside a clip's pixels.</summary>
/// <param name="Kind">What is wanted.</param>
/// <param name="Side">Cells along a side of the field, at least 1.</param>
public sealed record MotionRequest(MotionKind Kind, int Side);

/// <summary>A clip as training takes it.</summary>
/// <param name="Pixels">uint8 RGB [frame, row, column, channel].</param>
/// <param name="Motion">What was asked for; null where nothing was, or where flow is not known and has to be found from the pixels.</param>
public sealed record AugmentedClip(byte[] Pixels, MotionField? Motion);
