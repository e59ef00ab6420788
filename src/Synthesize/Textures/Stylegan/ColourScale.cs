using System.Runtime.Intrinsics;

namespace Unreel.Synthesize.Textures.Stylegan;

/// <summary>Turns the network's colours into bytes: standardises each over the image, and gives it a mean and a deviation.</summary>
internal sealed class ColourScale
{
    private const double LeastVariance = 1e-12;

    private readonly float[] _mean = new float[4];
    private readonly float[] _deviation = new float[4];
    private Vector128<float> _factor;
    private Vector128<float> _offset;

    /// <summary>Sets the mean and deviation that a colour shall have, in 0..1.</summary>
    public void Aim(int colour, float mean, float deviation)
    {
        _mean[colour] = mean;
        _deviation[colour] = deviation;
    }

    /// <summary>Measures an image's colours, so that <see cref="Write"/> gives this image what was aimed at.</summary>
    public void Measure(ReadOnlySpan<Vector128<float>> image)
    {
        Vector256<double> sum = default, squares = default;
        foreach (Vector128<float> pixel in image)
            sum += Wide(pixel);
        Vector256<double> mean = sum / image.Length;
        foreach (Vector128<float> pixel in image)
        {
            Vector256<double> less = Wide(pixel) - mean;
            squares += less * less;
        }

        for (int colour = 0; colour < 3; colour++)
        {
            double variance = Math.Max(squares[colour] / (image.Length - 1), LeastVariance);
            double factor = _deviation[colour] / Math.Sqrt(variance);
            _factor = _factor.WithElement(colour, (float)(255 * factor));
            _offset = _offset.WithElement(colour, (float)(255 * (_mean[colour] - (mean[colour] * factor))));
        }
    }

    /// <summary>Writes bytes, [pixel, colour]: clipped, and without their fractions.</summary>
    public void Write(ReadOnlySpan<Vector128<float>> image, Span<byte> pixels)
    {
        for (int i = 0; i < image.Length; i++)
        {
            Vector128<float> scaled = (image[i] * _factor) + _offset;
            Vector128<int> whole = Vector128.ConvertToInt32(Vector128.Min(Vector128.Max(scaled, Vector128<float>.Zero), Vector128.Create(255f)));
            pixels[3 * i] = (byte)whole[0];
            pixels[(3 * i) + 1] = (byte)whole[1];
            pixels[(3 * i) + 2] = (byte)whole[2];
        }
    }

    private static Vector256<double> Wide(Vector128<float> pixel)
    {
        (Vector128<double> lower, Vector128<double> upper) = Vector128.Widen(pixel);
        return Vector256.Create(lower, upper);
    }
}
