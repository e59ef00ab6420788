using Unreel.Modeling;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Pretrain;

/// <summary>Gives tokens the codes of a picture tokenizer: of every cube's first frame, brought to the tokenizer's size.</summary>
internal sealed class FrameTokenizer : IClipTokenizer, IDisposable
{
    private const string Extension = ".onnx";
    private readonly OnnxTokenizer _pictures;
    private readonly VideoTransformerShape _shape;

    private FrameTokenizer(OnnxTokenizer pictures, VideoTransformerShape shape) => (_pictures, _shape) = (pictures, shape);

    /// <inheritdoc/>
    public int Codes => _pictures.Codes;

    /// <summary>Side of the frames as the tokenizer sees them.</summary>
    public int Side => _pictures.Side;

    /// <summary>Opens a tokenizer for clips of a shape.</summary>
    /// <param name="file">The file.</param>
    /// <param name="shape">The clips.</param>
    /// <param name="options">Size and number of codes, where the file does not tell.</param>
    /// <exception cref="OnnxModelException">It is no tokenizer, or does not give one code a token.</exception>
    public static FrameTokenizer Open(string file, VideoTransformerShape shape, PretrainOptions options) => new(
        OnnxTokenizer.Open(file, new OnnxTokenizerOptions
        {
            Grid = shape.GridSide,
            Side = options.TokenizerSize,
            Codes = options.TokenizerCodes,

            // Clips are made on several threads already.
            Run = new OnnxModelOptions { Threads = 1 },
        }),
        shape);

    /// <summary>The file itself, or the only ONNX file of an artifact's or a user's folder.</summary>
    /// <exception cref="UsageException">The folder holds none or several.</exception>
    public static string FileIn(string path)
    {
        if (!Directory.Exists(path))
            return path;

        string[] found = [.. Directory.EnumerateFiles(path, $"*{Extension}").Order(StringComparer.Ordinal)];
        return found.Length == 1
            ? found[0]
            : throw new UsageException($"tokenizer: '{path}' holds {found.Length} files *{Extension}; expected one. Name the file itself.");
    }

    /// <inheritdoc/>
    public int[] Encode(ReadOnlyMemory<byte> pixels, CancellationToken ct)
    {
        int frameBytes = _shape.ClipBytes / _shape.Frames;
        int[] codes = new int[_shape.Tokens];
        for (int slot = 0; slot < _shape.Slots; slot++)
        {
            ct.ThrowIfCancellationRequested();
            ReadOnlySpan<byte> frame = pixels.Span.Slice(slot * _shape.TubeletSize * frameBytes, frameBytes);
            _pictures.Encode(Picture(frame)).CopyTo(codes, slot * _shape.SlotTokens);
        }

        return codes;
    }

    /// <inheritdoc/>
    public void Dispose() => _pictures.Dispose();

    // From bytes [row, column, channel] of the clip's size to 0 to 1 [channel, row, column] of the tokenizer's.
    private float[] Picture(ReadOnlySpan<byte> frame)
    {
        var (from, to) = (new FrameSize(_shape.ImageSize, _shape.ImageSize), new FrameSize(Side, Side));
        byte[] resized = new byte[Side * Side * 3];
        Resizer.Resize(frame, from, CropBox.Whole(from), resized, to);
        float[] picture = new float[resized.Length];
        for (int pixel = 0; pixel < Side * Side; pixel++)
        {
            for (int channel = 0; channel < 3; channel++)
                picture[(channel * Side * Side) + pixel] = resized[(pixel * 3) + channel] / 255f;
        }

        return picture;
    }
}
