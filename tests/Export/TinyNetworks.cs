using Unreel.Modeling;
using Unreel.Stages.Tests;
using Unreel.Video;

namespace Unreel.Export.Tests;

/// <summary>Folders of weights in which every number matters: the files of real runs, filled with random numbers.</summary>
internal static class TinyNetworks
{
    public static VideoTransformerShape Shape { get; } = Shapes.Micro with { Depth = 2, DecoderDepth = 2 };

    /// <summary>Writes an autoencoder.</summary>
    public static string Autoencoder(string folder, Func<PretrainingSettings, PretrainingSettings>? change = null)
    {
        PretrainingSettings settings = new() { Shape = Shape, Mask = new TubeMask(0.5) };
        Pretraining.Run(change?.Invoke(settings) ?? settings, Plan(folder), new NoiseClips(), 0, new Deaf(), TimeProvider.System, CancellationToken.None);
        return Randomise(folder);
    }

    /// <summary>Writes a classifier.</summary>
    public static string Classifier(string folder)
    {
        FinetuningSettings settings = new() { Shape = Shape, Labels = ["a", "b", "c"], Preparation = new ClipPreparation { Frames = 4, Stride = 1, Size = 16 } };
        Finetuning.Run(settings, Plan(folder), new NoiseClips(), new Deaf(), TimeProvider.System, CancellationToken.None);
        return Randomise(folder);
    }

    /// <summary>Rewrites a folder's tensors.</summary>
    public static void Rewrite(string folder, Func<TensorEntry, TensorToWrite?> write)
    {
        string path = Path.Combine(folder, "model.safetensors"), other = path + ".new";
        using (SafetensorsFile file = SafetensorsFile.Open(path))
            SafetensorsWriter.Write(other, [.. file.Tensors.Values.Select(write).OfType<TensorToWrite>()]);
        File.Move(other, path, overwrite: true);
    }

    /// <summary>Clips of noise, one after another.</summary>
    public static byte[] Clips(int count) => [.. Enumerable.Range(0, count).SelectMany(clip => new NoiseClips().Read(100 + clip, CancellationToken.None).Pixels)];

    private static string Randomise(string folder)
    {
        Rewrite(folder, entry => TensorToWrite.F32(entry.Name, [.. entry.Shape], () => Values(entry)));
        return folder;
    }

    private static float[] Values(TensorEntry entry)
    {
        RandomStream random = new(7, entry.Name, 0);
        float[] values = new float[entry.Shape.Aggregate(1L, (product, extent) => product * extent)];
        double scale = entry.Shape.Count > 1 ? 1 / Math.Sqrt((double)values.Length / entry.Shape[0]) : 0.5;
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(random.NextNormal() * scale);
        return values;
    }

    /// <summary>One step, into a folder that is made.</summary>
    public static TrainingPlan Plan(string folder)
    {
        Directory.CreateDirectory(folder);
        return new()
        {
            Steps = 1,
            BatchSize = 2,
            StepsPerEpoch = 1,
            Schedule = new WarmupCosine { Peak = 1e-3, Steps = 1 },
            Optimiser = new OptimiserSettings(),
            Seed = 5,
            Recipe = "test",
            Folder = folder,
            Torch = new TorchOptions { Device = "cpu", Threads = 1 },
        };
    }

    private sealed class NoiseClips : ISampleSource
    {
        public ClipSample Read(long number, CancellationToken ct)
        {
            RandomStream random = new(1, "clips", (ulong)number);
            byte[] pixels = new byte[Shape.ClipBytes];
            for (int index = 0; index < pixels.Length; index++)
                pixels[index] = (byte)random.NextInt(256);
            return new ClipSample(pixels, (int)(number % 3), "noise");
        }
    }

    /// <summary>Hears nothing.</summary>
    internal sealed class Deaf : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
        }
    }
}
