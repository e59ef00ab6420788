using TorchSharp;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>Makes pictures of what a masked autoencoder predicts.</summary>
internal static class Reconstructions
{
    private const byte Grey = 127;

    /// <summary>Reconstructs the first <paramref name="count"/> samples; none where the target is not one of pixels.</summary>
    public static IReadOnlyList<Reconstruction> Make(PretrainingSettings settings, PretrainingTask task, int count, CancellationToken ct)
    {
        if (count == 0 || TargetNames.Get(settings.Target).Values(settings.Shape) != settings.Shape.CubeValues)
            return [];

        using DisposeScope scope = NewDisposeScope();
        using IDisposable quiet = no_grad();
        task.Model.eval();
        ClipBatch batch = task.Read(0, count, ct);
        Device device = task.Network.parameters().First().device;
        Tensor cubesBNC = ClipTensor.Bytes(settings.Shape, batch.Cubes, count, device);
        Tensor maskedBM = ClipTensor.Numbers([.. batch.Masks.Select(mask => mask.Hidden)], device);
        Tensor predictedBMC = task.Predict(batch, cubesBNC, maskedBM);
        predictedBMC = TargetNames.Get(settings.Target) switch
        {
            NormalisedPixels => PutBack(predictedBMC, ClipTensor.Unit(ClipTensor.Select(cubesBNC, maskedBM))),
            Motion => predictedBMC * PixelNormalisation.Motion.Std[0] + ClipTensor.Unit(ClipTensor.Select(cubesBNC - ClipTensor.Centred(settings.Shape, cubesBNC), maskedBM)),
            FrameDifference difference => predictedBMC + ClipTensor.Unit(ClipTensor.Select(cubesBNC, maskedBM)) - difference.Compute(settings.Shape, cubesBNC, maskedBM),
            _ => predictedBMC,
        };

        float[] values = Parameters.Get(predictedBMC);
        return [.. Enumerable.Range(0, count).Select(clip => Paint(settings.Shape, batch, clip, values))];
    }

    private static Tensor PutBack(Tensor predictedBMC, Tensor originalBMC)
    {
        (Tensor mean, Tensor deviation) = NormalisedPixels.Statistics(originalBMC);
        return ((NormalisedPixels.Channels(predictedBMC) * deviation) + mean).view(predictedBMC.shape);
    }

    private static Reconstruction Paint(VideoTransformerShape shape, ClipBatch batch, int clip, float[] predicted)
    {
        int[] hidden = batch.Masks[clip].Hidden;
        byte[] masked = batch.Cubes.AsSpan(clip * shape.ClipBytes, shape.ClipBytes).ToArray();
        byte[] filled = [.. masked];
        for (int index = 0; index < hidden.Length; index++)
        {
            int start = hidden[index] * shape.CubeValues;
            masked.AsSpan(start, shape.CubeValues).Fill(Grey);
            ReadOnlySpan<float> values = predicted.AsSpan(((clip * hidden.Length) + index) * shape.CubeValues, shape.CubeValues);
            for (int value = 0; value < values.Length; value++)
                filled[start + value] = (byte)Math.Clamp((int)MathF.Round(values[value] * 255), 0, 255);
        }

        return new Reconstruction(batch.Samples[clip].Pixels, Restored(shape, masked), Restored(shape, filled));
    }

    private static byte[] Restored(VideoTransformerShape shape, byte[] cubes)
    {
        byte[] clip = new byte[shape.ClipBytes];
        Cubes.Restore<byte>(shape, cubes, clip);
        return clip;
    }
}
