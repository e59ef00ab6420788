namespace Unreel.Onnx;

/// <summary>
/// A patch embedding that takes bytes: what scales and shifts them is exact algebra away from being part of its weights.
/// <c>proj.weight</c> is [D, C, tubelet, patch, patch], C the channels.
/// </summary>
internal sealed class FoldedEmbedding
{
    private readonly EncoderShape _shape;
    private readonly Func<ReadOnlyMemory<float>> _weight;
    private readonly Func<ReadOnlyMemory<float>> _bias;
    private readonly double[] _scales;
    private readonly double[] _shifts;

    internal FoldedEmbedding(WeightScope weights, EncoderShape shape)
    {
        _shape = shape;
        _weight = weights["proj.weight"].Read(shape.Width, EncoderShape.Channels, shape.Tubelet, shape.Patch, shape.Patch);
        _bias = weights["proj.bias"].Read(shape.Width);
        _scales = [.. shape.Std.Select(deviation => 1 / ((double)byte.MaxValue * deviation))];
        _shifts = [.. shape.Mean.Zip(shape.Std, (average, deviation) => -(double)average / deviation)];
    }

    /// <summary>[values of a cube, D], values ordered (frame, row, column, channel).</summary>
    internal ReadOnlyMemory<float> Weight()
    {
        ReadOnlySpan<float> weight = _weight().Span;
        float[] folded = new float[weight.Length];
        int pixels = _shape.CubeValues / EncoderShape.Channels;
        for (int column = 0; column < _shape.Width; column++)
        {
            for (int channel = 0; channel < EncoderShape.Channels; channel++)
            {
                ReadOnlySpan<float> from = weight.Slice(((column * EncoderShape.Channels) + channel) * pixels, pixels);
                for (int pixel = 0; pixel < pixels; pixel++)
                    folded[(((pixel * EncoderShape.Channels) + channel) * _shape.Width) + column] = (float)(from[pixel] * _scales[channel]);
            }
        }

        return folded;
    }

    /// <summary>[D].</summary>
    internal ReadOnlyMemory<float> Bias()
    {
        ReadOnlySpan<float> weight = _weight().Span, bias = _bias().Span;
        float[] folded = new float[_shape.Width];
        int pixels = _shape.CubeValues / EncoderShape.Channels;
        for (int column = 0; column < folded.Length; column++)
        {
            double sum = bias[column];
            for (int channel = 0; channel < EncoderShape.Channels; channel++)
            {
                foreach (float value in weight.Slice(((column * EncoderShape.Channels) + channel) * pixels, pixels))
                    sum += value * _shifts[channel];
            }

            folded[column] = (float)sum;
        }

        return folded;
    }
}
