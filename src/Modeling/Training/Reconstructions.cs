using TorchSharp;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>Makes pictures of what a masked autoencoder predicts.</summary>
internal static class Reconstructions
{
    private const byte Grey = 127;

    /// <summary>Reconstructs the first <paramref name="count"/> samples; none where no target can be drawn.</summary>
    public static IReadOnlyList<Reconstruction> Make(PretrainingSettings settings, PretrainingTask task, int count, CancellationToken ct)
    {
        if (count == 0 || !settings.Targets.Any(target => TargetNames.CanBeDrawn(target.Name)))
            return [];

        using DisposeScope scope = NewDisposeScope();
        using IDisposable quiet = no_grad();
        task.Model.eval();
        using ClipBatch batch = task.Read(0, count, ct);
        Tensor cubesBNC = ClipTensor.Bytes(settings.Shape, batch.Cubes, count, task.Network.parameters().First().device);
        MaskedTokens tokens = task.SplitAll(batch, cubesBNC);
        (string Target, Drawing Drawing, float[] Values)[] drawings = [.. Drawings(settings, task.Predict(tokens), new TargetBatch(settings.Shape, cubesBNC, tokens.MaskedBM), tokens.VisibleBV)];
        return [.. Enumerable.Range(0, count).Select(clip => new Reconstruction(
            batch.Names[clip],
            batch.Samples[clip].Pixels,
            Painted(settings.Shape, batch, clip, tokens.Masks[clip].Hidden, null),
            [.. drawings.Select(drawn => new ReconstructedView(
                drawn.Target, drawn.Drawing.Caption, drawn.Drawing.PutBack, Painted(settings.Shape, batch, clip, tokens.Masks[clip].Hidden, drawn.Values)))]))];
    }

    private static IEnumerable<(string Target, Drawing Drawing, float[] Values)> Drawings(PretrainingSettings settings, Tensor[] predicted, TargetBatch batch, Tensor visibleBV) =>
        from pair in settings.MakeTargets().Select((target, index) => (Target: target as IDrawnTarget, Predicted: predicted[index]))
        where pair.Target is not null
        from drawing in pair.Target.Draw(pair.Predicted, batch, visibleBV)
        select (pair.Target.Name, drawing, Parameters.Get(drawing.PixelsBMC));

    // Hidden cubes as drawn for the whole batch [clip, hidden token, value], or grey.
    private static byte[] Painted(VideoTransformerShape shape, ClipBatch batch, int clip, int[] hidden, float[]? drawn)
    {
        byte[] cubes = batch.Cubes.AsSpan(clip * shape.ClipBytes, shape.ClipBytes).ToArray();
        for (int index = 0; index < hidden.Length; index++)
        {
            Span<byte> cube = cubes.AsSpan(hidden[index] * shape.CubeValues, shape.CubeValues);
            if (drawn is null)
                cube.Fill(Grey);
            else
                Round(drawn.AsSpan(((clip * hidden.Length) + index) * shape.CubeValues, shape.CubeValues), cube);
        }

        byte[] pixels = new byte[shape.ClipBytes];
        Cubes.Restore<byte>(shape, cubes, pixels);
        return pixels;
    }

    /// <summary>From pixels of about 0 to 1 to bytes.</summary>
    internal static void Round(ReadOnlySpan<float> values, Span<byte> bytes)
    {
        for (int value = 0; value < values.Length; value++)
            bytes[value] = (byte)Math.Clamp(MathF.Round(values[value] * 255), 0, 255);
    }
}
