using Unreel.Modeling;
using Unreel.Stages.Tests;
using Unreel.Video;

namespace Unreel.Export.Tests;

/// <summary>A folder of weights as fine-tuning leaves it, after one step.</summary>
internal static class TinyClassifier
{
    public static IReadOnlyList<string> Labels { get; } = ["red", "green", "blue"];

    public static ClipPreparation Preparation { get; } = new() { Frames = 4, Stride = 1, Size = 16, Clips = 2 };

    /// <summary>Writes the folder.</summary>
    public static void Write(string folder, ClassifierHead head = ClassifierHead.Linear, int depth = 1)
    {
        FinetuningSettings settings = new() { Shape = Shapes.Micro with { Depth = depth }, Labels = Labels, Preparation = Preparation, Head = head };
        Finetuning.Run(settings, TinyNetworks.Plan(folder), new GreyClips(), new TinyNetworks.Deaf(), TimeProvider.System, CancellationToken.None);
    }

    /// <summary>Writes a folder like another, with one number of one weight changed.</summary>
    public static void Damage(string original, string folder, string weight, float by)
    {
        Directory.CreateDirectory(folder);
        File.Copy(Path.Combine(original, "model.json"), Path.Combine(folder, "model.json"));
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(original, "model.safetensors"));
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), [.. file.Tensors.Select(entry => TensorToWrite.F32(entry.Key, [.. entry.Value.Shape], () => Values(entry.Key)))]);

        float[] Values(string name)
        {
            float[] values = file.ReadFloats(name);
            values[0] += name == weight ? by : 0;
            return values;
        }
    }

    private sealed class GreyClips : ISampleSource
    {
        public ClipSample Read(long number, CancellationToken ct)
        {
            byte[] pixels = new byte[Shapes.Micro.ClipBytes];
            Array.Fill(pixels, (byte)(100 + number));
            return new ClipSample(pixels, 0, "grey");
        }
    }
}
