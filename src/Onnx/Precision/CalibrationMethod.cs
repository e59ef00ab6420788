namespace Unreel.Onnx;

/// <summary>How a tensor's range of 8-bit codes is chosen.</summary>
public enum CalibrationMethod
{
    /// <summary>From the smallest to the largest number seen.</summary>
    MinMax,

    /// <summary>What holds 99.99 % of the numbers.</summary>
    Percentile,

    /// <summary>The range with the smallest expected square of the error, of rounding and cutting off together.</summary>
    MeanSquare,
}
