using Unreel.Modeling;
using Unreel.Video;

namespace Unreel.Pretrain;

/// <summary>A picture of what each masking strategy leaves visible of some clips.</summary>
/// <param name="Rows">What each row of the picture shows, from top to bottom.</param>
/// <param name="LeftOut">Why a strategy is not in the picture, where the videos cannot give what it needs.</param>
public sealed record MaskPreview(IReadOnlyList<string> Rows, IReadOnlyList<string> LeftOut)
{
    private const byte Grey = 127;
    private const int MostColumns = 8;

    /// <summary>Draws a clip of each of the first videos, and below it what is left of it by each strategy; hidden cubes are grey.</summary>
    /// <param name="options">Pre-training options: model or shape, frames, size, stride, crop, mask ratio and seed are looked at, the mask is not.</param>
    /// <param name="videos">The videos.</param>
    /// <param name="clips">How many of them, at least 1.</param>
    /// <param name="path">The PNG; one that is there is replaced.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="VideoException">A video cannot be read.</exception>
    /// <exception cref="ModelException">Model, shape or ratio are wrong.</exception>
    public static MaskPreview Write(PretrainOptions options, IClipSource videos, int clips, string path, CancellationToken ct)
    {
        VideoTransformerShape shape = PretrainStage.Settings(options).Shape;
        clips = Math.Min(clips, videos.Items.Count);
        List<Clip> pictures = [];
        List<string> rows = [], leftOut = [];
        for (int clip = 0; clip < clips; clip++)
        {
            Add("clip", Sample(null, clip).Pixels);
            foreach (string name in MaskStrategies.Names)
            {
                IMaskStrategy strategy = MaskStrategies.Create(name, options.MaskRatio ?? PretrainStage.MaskRatio);
                if (ClipMotions.Problem(videos, clip, strategy.Motion(shape), ct) is { } problem)
                {
                    leftOut.Add(problem);
                    continue;
                }

                ClipSample sample = Sample(strategy.Motion(shape), clip);
                Add(name, Masked(shape, sample.Pixels, new Masking(strategy, shape, options.Seed).Draw(clip, sample.Pixels, sample.Motion)));
            }
        }

        ContactSheet.Write(path, pictures, Math.Min(MostColumns, shape.Frames));
        return new MaskPreview(rows, leftOut);

        ClipSample Sample(MotionRequest? motion, int number) =>
            new AugmentedSamples(videos, [number], new ShuffledOrder(1, options.Seed), PretrainStage.Augmentation(options, shape), options.Seed, motion).Read(number, ct);

        void Add(string row, byte[] pixels)
        {
            pictures.Add(new Clip(shape.Frames, new FrameSize(shape.ImageSize, shape.ImageSize), pixels));
            rows.Add(row);
        }
    }

    private static byte[] Masked(VideoTransformerShape shape, byte[] pixels, TokenMask mask)
    {
        byte[] cubes = new byte[shape.ClipBytes], masked = new byte[shape.ClipBytes];
        Cubes.Arrange(shape, pixels, cubes);
        foreach (int token in mask.Hidden)
            cubes.AsSpan(token * shape.CubeValues, shape.CubeValues).Fill(Grey);
        Cubes.Restore<byte>(shape, cubes, masked);
        return masked;
    }
}
