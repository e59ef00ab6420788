namespace Unreel.Onnx;

/// <content>Models that take a fixed number of clips at once.</content>
public sealed partial class OnnxModel
{
    // So many at a time as the model takes; what is missing from the last part is black, and what the model says of it is dropped.
    private Predictions InParts(ReadOnlyMemory<byte> clips, int count, int batch, CancellationToken cancellation)
    {
        var all = new Predictions(count, Classes, Width, new float[count * Classes], new float[count * Classes], new float[count * Width]);
        int clipBytes = clips.Length / count;
        for (int first = 0; first < count; first += batch)
        {
            int here = Math.Min(batch, count - first);
            ReadOnlyMemory<byte> part = clips.Slice(first * clipBytes, here * clipBytes);
            if (here < batch)
            {
                byte[] filled = new byte[batch * clipBytes];
                part.CopyTo(filled);
                part = filled;
            }

            Predictions some = Run(part, batch, cancellation);
            some.Logits.AsSpan(0, here * Classes).CopyTo(all.Logits.AsSpan(first * Classes));
            some.Probabilities.AsSpan(0, here * Classes).CopyTo(all.Probabilities.AsSpan(first * Classes));
            some.Features.AsSpan(0, here * Width).CopyTo(all.Features.AsSpan(first * Width));
        }

        return all;
    }
}
