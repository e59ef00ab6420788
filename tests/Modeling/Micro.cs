using Unreel.Video;

namespace Unreel.Modeling.Tests;

/// <summary>The smallest network that has everything, and clips for it.</summary>
internal static class Micro
{
    public static VideoTransformerShape Shape { get; } = new()
    {
        Frames = 4,
        ImageSize = 16,
        TubeletSize = 2,
        PatchSize = 8,
        Width = 12,
        Depth = 2,
        Heads = 3,
        MlpWidth = 24,
        DecoderWidth = 8,
        DecoderDepth = 1,
        DecoderHeads = 2,
    };

    public static PretrainingSettings Pretraining { get; } = new() { Shape = Shape, Mask = new TubeMask(0.75) };

    public static TrainingPlan Plan(string folder, long steps) => new()
    {
        Steps = steps,
        BatchSize = 2,
        StepsPerEpoch = 4,
        Schedule = new WarmupCosine { Peak = 1e-2, Steps = steps, WarmupSteps = 2 },
        Optimiser = new OptimiserSettings { ClipNorm = 1 },
        Seed = 5,
        Recipe = "test",
        Folder = folder,
        Checkpoints = new CheckpointPolicy { Interval = TimeSpan.FromDays(1) },
        Torch = new TorchOptions { Device = "cpu", Threads = 1 },
    };

    public static FinetuningSettings Finetuning(string? encoder = null) => new()
    {
        Shape = Shape,
        Labels = ["a", "b", "c"],
        Preparation = new ClipPreparation { Frames = 4, Stride = 1, Size = 16 },
        EncoderFolder = encoder,
        DropPath = 0.3,
        Dropout = 0.2,
    };
}

/// <summary>Clips of one plain colour each with noise: the colour gives the label away.</summary>
internal sealed class ColouredClips(VideoTransformerShape shape, int labels = 3) : ISampleSource
{
    public ClipSample Read(long number, CancellationToken ct)
    {
        var random = new RandomStream(1, "test clips", (ulong)number);
        int label = (int)(number % labels);
        byte[] pixels = new byte[shape.ClipBytes];
        for (int index = 0; index < pixels.Length; index++)
            pixels[index] = (byte)(random.NextInt(60) + (index % 3 == label ? 180 : 0));
        return new ClipSample(pixels, label, $"clip {number}");
    }
}

/// <summary>Codes that follow the brightness of each place in its cube's first frame, from dark to bright.</summary>
internal sealed class BrightnessCodes(VideoTransformerShape shape, int codes = 5) : IClipTokenizer
{
    public int Codes => codes;

    public int[] Encode(ReadOnlyMemory<byte> pixels, CancellationToken ct)
    {
        byte[] cubes = new byte[shape.ClipBytes];
        Cubes.Arrange(shape, pixels.Span, cubes);
        int frame = shape.CubeValues / shape.TubeletSize;
        return [.. cubes.Chunk(shape.CubeValues).Select(cube => (int)(cube.Take(frame).Average(value => value) * codes / 256))];
    }
}

/// <summary>Keeps what it is told.</summary>
internal sealed class KeptProgress : IProgress<TrainingProgress>
{
    public List<TrainingProgress> All { get; } = [];

    public Action<TrainingProgress>? Then { get; init; }

    public void Report(TrainingProgress value)
    {
        All.Add(value);
        Then?.Invoke(value);
    }
}
