namespace Unreel.Onnx;

/// <summary>How a graph is brought to another precision. What each is for, and why it defaults so, is told once: at the export option of the same name.</summary>
public sealed record PrecisionSettings
{
    /// <summary>The precision. Default fp32: nothing is changed.</summary>
    public GraphPrecision Precision { get; init; }

    /// <summary>In which operators the result is written. Default portable.</summary>
    public GraphFlavour Flavour { get; init; }

    /// <summary>How int8 static chooses ranges. Default mean square.</summary>
    public CalibrationMethod Calibration { get; init; } = CalibrationMethod.MeanSquare;

    /// <summary>Whether int8 static codes activations in signed bytes. Default null: as suits flavour and opset.</summary>
    public bool? SignedActivations { get; init; }

    /// <summary>Whether int8 weights use 7 bits of their 8. Default false.</summary>
    public bool ReduceRange { get; init; }

    /// <summary>Whether int8 takes attention's own two products too; ONNX Runtime's operators only. Default true.</summary>
    public bool QuantiseAttention { get; init; } = true;

    /// <summary>Whether int8 takes a patch embedding whose input is not bytes. Default false.</summary>
    public bool QuantiseEmbedding { get; init; }

    /// <summary>Inputs of a block of weights that share a scale: 16, 32, 64, 128 or 256. Default 32.</summary>
    public int BlockSize { get; init; } = 32;

    /// <summary>Whether each block has a zero point of its own. Default false.</summary>
    public bool BlockZeroPoints { get; init; }

    /// <summary>To what activations may be rounded beside weights in blocks, 0 to 4. Default 0.</summary>
    public int AccuracyLevel { get; init; }

    /// <summary>Patterns of layers that stay in float. Default none.</summary>
    public IReadOnlyList<string> KeepFloat { get; init; } = [];

    /// <summary>The largest shift of the logits that quantising may bring (<see cref="PrecisionReport.Shift"/>); needs clips. Default null: any, and it is not measured.</summary>
    public double? MaxLogitShift { get; init; }

    /// <summary>Whether each layer's effect is measured even where the limit holds without it; needs clips. Default false.</summary>
    public bool MeasureLayers { get; init; }

    /// <summary>Threads of a run on calibration clips; 0 one for each core. Default 0.</summary>
    public int Threads { get; init; }

    internal int MostCode => ReduceRange ? IntegerWeights.Most7 : IntegerWeights.Most8;
}
