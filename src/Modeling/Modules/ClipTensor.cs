using TorchSharp;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>The one place where bytes become what networks see.</summary>
internal static class ClipTensor
{
    private const float Largest = 255;

    /// <summary>Cubes as they are, uint8 [B, N, C].</summary>
    public static Tensor Bytes(VideoTransformerShape shape, byte[] cubes, int clips, Device device) =>
        tensor(cubes, [clips, shape.Tokens, shape.CubeValues], dtype: ScalarType.Byte, device: device);

    /// <summary>Numbered tokens of each clip: from [B, N, C] and int64 [B, V] to [B, V, C].</summary>
    public static Tensor Select(Tensor cubesBNC, Tensor tokensBV)
    {
        using DisposeScope scope = NewDisposeScope();
        (long clips, long tokens, long values) = (cubesBNC.shape[0], cubesBNC.shape[1], cubesBNC.shape[2]);
        Tensor rows = tokensBV + (arange(clips, device: cubesBNC.device).view(-1, 1) * tokens);
        return cubesBNC.view(clips * tokens, values).index_select(0, rows.view(-1)).view(clips, tokensBV.shape[1], values).MoveToOuterDisposeScope();
    }

    /// <summary>Pixels from 0 to 1, float [B, V, C].</summary>
    public static Tensor Unit(Tensor cubesBVC) => cubesBVC.to(ScalarType.Float32).div(Largest);

    /// <summary>All tokens as a network sees them: from uint8 [B, N, C] to float.</summary>
    public static Tensor Input(VideoTransformerShape shape, Tensor cubesBNC, PixelNormalisation normalisation) =>
        Normalised(normalisation.CentreOverTime ? Centred(shape, cubesBNC) : cubesBNC, normalisation);

    /// <summary>Numbered tokens as a network sees them: from uint8 [B, N, C] and int64 [B, V] to float [B, V, C].</summary>
    public static Tensor Input(VideoTransformerShape shape, Tensor cubesBNC, Tensor tokensBV, PixelNormalisation normalisation) =>
        Normalised(Select(normalisation.CentreOverTime ? Centred(shape, cubesBNC) : cubesBNC, tokensBV), normalisation);

    /// <summary>Every pixel less its mean over the frames of its clip, float [B, N, C] from 0 to 255 apart.</summary>
    public static Tensor Centred(VideoTransformerShape shape, Tensor cubesBNC)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor pixels = cubesBNC.to(ScalarType.Float32).view(cubesBNC.shape[0], shape.Slots, shape.SlotTokens, shape.TubeletSize, -1);
        return (pixels - pixels.mean([1, 3], keepdim: true)).view(cubesBNC.shape).MoveToOuterDisposeScope();
    }

    /// <summary>Bytes, or differences of bytes, scaled by channel; the channel varies fastest in C.</summary>
    public static Tensor Normalised(Tensor cubesBVC, PixelNormalisation normalisation)
    {
        float[] scales = [.. normalisation.Std.Select(std => 1 / (std * Largest))];
        float[] shifts = [.. normalisation.Mean.Zip(normalisation.Std, (mean, std) => -mean / std)];
        if (CubeStatistics.Suits(cubesBVC))
            return CubeStatistics.Scaled(cubesBVC, scales, shifts);

        using DisposeScope scope = NewDisposeScope();
        Tensor scale = tensor(scales, device: cubesBVC.device);
        Tensor shift = tensor(shifts, device: cubesBVC.device);
        return (cubesBVC.to(ScalarType.Float32).view(-1, 3) * scale + shift).view(cubesBVC.shape).MoveToOuterDisposeScope();
    }

    /// <summary>Token numbers of a batch, int64 [B, V].</summary>
    public static Tensor Numbers(IReadOnlyList<int[]> rows, Device device) =>
        tensor([.. rows.SelectMany(row => row.Select(token => (long)token))], [rows.Count, rows[0].Length], device: device);
}
