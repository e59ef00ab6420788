namespace Unreel.Synthesize.Rendering;

/// <summary>A linear map of the plane, rows then columns.</summary>
internal readonly record struct Matrix(double M00, double M01, double M10, double M11)
{
    /// <summary>Changes nothing.</summary>
    public static Matrix Identity { get; } = new(1, 0, 0, 1);
}
