namespace Unreel.Onnx;

/// <summary>The range of a tensor.</summary>
/// <param name="Least">At most 0.</param>
/// <param name="Most">At least 0.</param>
public readonly record struct TensorRange(float Least, float Most)
{
    private const int Steps = 255;

    /// <summary>The range of bytes, whose codes are themselves.</summary>
    internal static TensorRange Bytes { get; } = new(0, Steps);

    /// <summary>What one step of the codes stands for; 1 where the tensor is always zero.</summary>
    public float Scale => Most - Least > 1e-30f ? (Most - Least) / Steps : 1;

    /// <summary>The code, 0 to 255, that stands for zero; signed codes are 128 less.</summary>
    public byte Zero => Most - Least > 1e-30f ? (byte)Math.Clamp(MathF.Round(-Least / Scale), 0, Steps) : (byte)0;
}
