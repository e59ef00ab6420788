using System.Globalization;
using System.Text.Json;
using Unreel.Onnx;
using Unreel.Video;

namespace Unreel.Benchmarks;

/// <summary>Decodes videos as a model's contract says and writes the clips one after another, uint8, for programs that take turns on them.</summary>
internal static class ClipsToFile
{
    /// <summary>Runs for arguments like <c>model.onnx videos clips.bin 32</c>.</summary>
    public static void Run(string[] arguments)
    {
        ClipPreparation preparation = ClipPreparation.FromJson(JsonSerializer.SerializeToElement(OnnxFile.ReadContract(arguments[0]).Preparation)) with { Clips = 1, Crops = 1 };
        using IClipSource source = ClipDataset.Open(arguments[1], []);
        int count = int.Parse(arguments[3], CultureInfo.InvariantCulture);
        using FileStream file = File.Create(arguments[2]);
        for (int place = 0; place < count; place++)
            file.Write(preparation.Read(source, (int)((long)place * source.Items.Count / count), CancellationToken.None).Pixels);
    }
}
