namespace Unreel.Onnx;

/// <summary>How a network is written as a graph. The batch is always open.</summary>
public sealed record GraphOptions
{
    /// <summary>In which operators. Default portable ones of opset 17.</summary>
    public GraphStyle Style { get; init; } = new();

    /// <summary>
    /// Whether the number of frames is open. Default false. What is no multiple of the tubelet is refused when the graph runs; positions are interpolated from the trained
    /// ones, linearly.
    /// </summary>
    public bool DynamicFrames { get; init; }

    /// <summary>
    /// Whether rows and columns are open, each on its own. Default false. What is no multiple of the patch is refused when the graph runs; positions are interpolated
    /// from the trained ones, bicubically.
    /// </summary>
    public bool DynamicSize { get; init; }

    /// <summary>Whether anything but the batch is open.</summary>
    internal bool IsDynamic => DynamicFrames || DynamicSize;

    /// <summary>Extent of the frames: a name where it is open.</summary>
    internal Dimension Frames(EncoderShape shape) => DynamicFrames ? "frames" : shape.Frames;

    /// <summary>Extent of the rows.</summary>
    internal Dimension Height(EncoderShape shape) => DynamicSize ? "height" : shape.Size;

    /// <summary>Extent of the columns.</summary>
    internal Dimension Width(EncoderShape shape) => DynamicSize ? "width" : shape.Size;

    /// <summary>Extent of the tokens.</summary>
    internal Dimension Tokens(EncoderShape shape) => IsDynamic ? "tokens" : shape.Tokens;
}
