using System.Globalization;

namespace Unreel.Onnx;

/// <summary>
/// From floats to small integers and back: <c>weight = (code - zero) * scale</c>. Matrices are [inputs, outputs], as MatMul wants them, or
/// [outputs, inputs]; codes are rounded to the nearest, ties to even.
/// </summary>
internal static class WeightRounding
{
    // A scale must have a finite inverse; weights that small are none.
    private const float Least = 1e-30f;

    /// <summary>Returns a scale for each output: its largest magnitude over the largest code. 1 where an output has no weight but zero.</summary>
    /// <param name="weights">The matrix.</param>
    /// <param name="layout">How it lies in memory.</param>
    /// <param name="most">The largest code.</param>
    internal static float[] ScalesOf(ReadOnlySpan<float> weights, MatrixLayout layout, int most)
    {
        float[] magnitudes = new float[layout.Outputs];
        for (int row = 0; row < layout.Rows; row++)
        {
            ReadOnlySpan<float> values = weights.Slice(row * layout.Columns, layout.Columns);
            if (layout.OutputsFirst)
                magnitudes[row] = Largest(values);
            else
                Raise(magnitudes, values);
        }

        return Array.ConvertAll(magnitudes, magnitude => magnitude < Least ? 1 : magnitude / most);
    }

    /// <summary>Returns the codes, [inputs, outputs] whatever the matrix' own layout.</summary>
    internal static sbyte[] Codes(ReadOnlySpan<float> weights, MatrixLayout layout, ReadOnlySpan<float> scales, int most)
    {
        sbyte[] codes = new sbyte[weights.Length];
        for (int index = 0; index < weights.Length; index++)
        {
            (int row, int column) = Math.DivRem(index, layout.Columns);
            (int input, int output) = layout.OutputsFirst ? (column, row) : (row, column);
            codes[(input * layout.Outputs) + output] = Code(weights[index], scales[output], most);
        }

        return codes;
    }

    /// <summary>Returns the code nearest to a value.</summary>
    internal static sbyte Code(float value, float scale, int most) =>
        (sbyte)Math.Clamp(MathF.Round(value / scale, MidpointRounding.ToEven), -most, most);

    /// <summary>Returns a constant's floats.</summary>
    /// <exception cref="PrecisionException">One is not finite.</exception>
    internal static float[] ReadFinite(Initializer weight)
    {
        float[] values = weight.ReadFloats();
        int wrong = Array.FindIndex(values, value => !float.IsFinite(value));
        return wrong < 0
            ? values
            : throw new PrecisionException(string.Create(CultureInfo.InvariantCulture, $"Weight '{weight.Name}' cannot be quantised: element {wrong} is {values[wrong]}"));
    }

    private static float Largest(ReadOnlySpan<float> values)
    {
        float largest = 0;
        foreach (float value in values)
            largest = MathF.Max(largest, MathF.Abs(value));
        return largest;
    }

    private static void Raise(Span<float> magnitudes, ReadOnlySpan<float> values)
    {
        for (int i = 0; i < values.Length; i++)
            magnitudes[i] = MathF.Max(magnitudes[i], MathF.Abs(values[i]));
    }
}

/// <summary>How a matrix of weights lies in memory.</summary>
/// <param name="Inputs">Numbers that go in.</param>
/// <param name="Outputs">Numbers that come out.</param>
/// <param name="OutputsFirst">Whether rows are outputs.</param>
internal readonly record struct MatrixLayout(int Inputs, int Outputs, bool OutputsFirst)
{
    internal int Rows => OutputsFirst ? Outputs : Inputs;

    internal int Columns => OutputsFirst ? Inputs : Outputs;

    internal int Index(int input, int output) => OutputsFirst ? (output * Inputs) + input : (input * Outputs) + output;
}
