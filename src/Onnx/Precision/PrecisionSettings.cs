namespace Unreel.Onnx;

/// <summary>How a graph is brought to another precision.</summary>
public sealed record PrecisionSettings
{
    /// <summary>The precision. Default fp32: nothing is changed.</summary>
    public GraphPrecision Precision { get; init; }

    /// <summary>In which operators the result is written. Default portable.</summary>
    public GraphFlavour Flavour { get; init; }

    /// <summary>How the ranges of activations are chosen in int8 static. Default mean square.</summary>
    public CalibrationMethod Calibration { get; init; } = CalibrationMethod.MeanSquare;

    /// <summary>
    /// Whether int8 static codes activations in signed bytes (S8S8) and not in unsigned ones (U8S8). Default null: signed in portable graphs up to
    /// opset 20, which ONNX Runtime turns into unsigned ones itself where those are quicker; unsigned in all others, because ONNX Runtime multiplies
    /// signed ones many times slower on x64, and from opset 21 on cannot load graphs whose codes it would turn.
    /// </summary>
    public bool? SignedActivations { get; init; }

    /// <summary>Whether int8 weights use 7 bits of their 8: processors with AVX2 or AVX-512 but no VNNI overflow on two full products. Default false.</summary>
    public bool ReduceRange { get; init; }

    /// <summary>Whether attention's own two products are quantised in int8; ONNX Runtime's operators only. Default true.</summary>
    public bool QuantiseAttention { get; init; } = true;

    /// <summary>
    /// Whether int8 takes the patch embedding too where its input is not bytes. Default false: its input spans the whole range of pixels, and its
    /// error alone was several times that of all blocks together, for a fiftieth of the work. An embedding of bytes is quantised: those need no rounding.
    /// </summary>
    public bool QuantiseEmbedding { get; init; }

    /// <summary>Inputs of a block of weights that share a scale: 16, 32, 64, 128 or 256. Default 32.</summary>
    public int BlockSize { get; init; } = 32;

    /// <summary>Whether each block has a zero point of its own. Default false: codes lie symmetrically around zero.</summary>
    public bool BlockZeroPoints { get; init; }

    /// <summary>To what ONNX Runtime may round activations beside weights in blocks: 0 as it likes, 1 fp32, 2 fp16, 3 bf16, 4 int8. Default 0.</summary>
    public int AccuracyLevel { get; init; }

    /// <summary>Patterns of layers that stay in float, such as <c>blocks.0.*</c>. Default none.</summary>
    public IReadOnlyList<string> KeepFloat { get; init; } = [];

    /// <summary>
    /// The largest shift of the logits that quantising may bring, as the root mean square of their differences over the standard deviation of a
    /// clip's logits; layers are kept in float, the one with the worst effect first, until it holds. Null: nothing is measured. Default null.
    /// </summary>
    public double? MaxLogitShift { get; init; }

    /// <summary>Whether each layer's effect is measured even where the limit holds without it. Default false.</summary>
    public bool MeasureLayers { get; init; }

    /// <summary>Threads of a run on calibration clips; 0 one for each core. Default 0.</summary>
    public int Threads { get; init; }

    internal int MostCode => ReduceRange ? IntegerWeights.Most7 : IntegerWeights.Most8;
}
