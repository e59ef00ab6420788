using System.Globalization;

namespace Unreel.Onnx.Tests;

internal static class FloatAssert
{
    /// <summary>Every value lies within <paramref name="absolute"/> of the expected one.</summary>
    internal static void Close(IReadOnlyList<double> expected, IReadOnlyList<float> actual, double absolute)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
        {
            double difference = Math.Abs(expected[i] - actual[i]);
            Assert.True(difference <= absolute, string.Create(CultureInfo.InvariantCulture, $"[{i}]: expected {expected[i]:R}, found {actual[i]:R}, which is {difference:E1} away"));
        }
    }
}
