using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>The fastest that this machine multiplies matrices, for figures that say which share of it a step reaches.</summary>
public static class MatrixPeak
{
    private const long Rows = 1024, Inner = 768, Columns = 768;
    private const int Products = 20;

    /// <summary>Measures a product of 1024 x 768 by 768 x 768.</summary>
    /// <param name="precision">The type of the factors.</param>
    /// <param name="torch">Where, and on how many threads.</param>
    /// <returns>10^9 multiplications and additions a second, both counted: the best of several products.</returns>
    public static double Measure(Precision precision, TorchOptions torch)
    {
        Device device = TorchSetup.Apply(torch);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable quiet = no_grad();
        ScalarType type = precision == Precision.Bf16 ? ScalarType.BFloat16 : ScalarType.Float32;
        Tensor left = ones([Rows, Inner], type, device), right = ones([Columns, Inner], type, device);
        double best = double.PositiveInfinity;
        for (int product = 0; product < Products; product++)
            best = Math.Min(best, Seconds(left, right));
        return 2.0 * Rows * Inner * Columns / best / 1e9;
    }

    private static double Seconds(Tensor left, Tensor right)
    {
        long start = Stopwatch.GetTimestamp();
        using Tensor result = nn.functional.linear(left, right);
        if (left.device_type == DeviceType.CUDA)
            cuda.synchronize();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
