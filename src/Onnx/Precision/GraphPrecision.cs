namespace Unreel.Onnx;

/// <summary>In which numbers a graph keeps its weights and computes.</summary>
public enum GraphPrecision
{
    /// <summary>32-bit floats throughout.</summary>
    Fp32,

    /// <summary>16-bit floats of IEEE 754 on a GPU; preprocessing, patch embedding, normalisation, softmax, residual sums, pooling and head stay in 32 bits.</summary>
    Fp16,

    /// <summary>16-bit floats with the range of 32-bit ones on a GPU; the same parts stay in 32 bits.</summary>
    Bf16,

    /// <summary>Weights in 8 bits with a scale for each output channel; activations are brought to 8 bits by the range that each run finds.</summary>
    Int8Dynamic,

    /// <summary>Weights in 8 bits with a scale for each output channel; activations are brought to 8 bits by ranges found on calibration clips.</summary>
    Int8Static,

    /// <summary>Weights in blocks of 8 bits; computation in floats.</summary>
    Int8Weights,

    /// <summary>Weights in blocks of 4 bits; computation in floats.</summary>
    Int4Weights,
}
