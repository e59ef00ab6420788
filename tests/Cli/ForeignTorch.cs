using System.Globalization;
using Unreel.Testing;
using Unreel.Video;

namespace Unreel.Cli.Tests;

/// <summary>A small network that Python's torch exports and answers for.</summary>
internal static class ForeignTorch
{
    private const string Python = "/usr/bin/python3";
    private const int Frames = 8;
    private const int Size = 32;

    private const string Network = """
        import sys, numpy, torch
        torch.manual_seed(1)
        class Network(torch.nn.Module):
            def __init__(self, softmax):
                super().__init__()
                self.conv, self.norm = torch.nn.Conv3d(3, 8, (2, 4, 4), (2, 4, 4)), torch.nn.BatchNorm3d(8)
                self.head, self.softmax = torch.nn.Linear(8, 4), softmax
                torch.nn.init.normal_(self.head.weight, std=2)
            def forward(self, x):
                y = self.head(torch.relu(self.norm(self.conv(x))).mean((2, 3, 4)))
                return y.softmax(-1) if self.softmax else y
        folder, kind = sys.argv[1], sys.argv[2]
        network = Network(kind == 'softmax').eval()
        """;

    private const string Export = """
        axes = {'video': {0: 'batch'}, 'logits': {0: 'batch'}} if kind == 'open' else None
        path = folder + '/foreign.onnx'
        torch.onnx.export(network, torch.randn(1, 3, 8, 32, 32), path, opset_version=13, input_names=['video'], output_names=['logits'], dynamic_axes=axes)
        if kind == 'labelled':
            # Field 14 of the model: an entry of key and value.
            key, value = b'names', b"{0: 'walk', 1: 'run', 2: 'jump', 3: 'wave'}"
            entry = bytes([10, len(key)]) + key + bytes([18, len(value)]) + value
            open(path, 'ab').write(bytes([114, len(entry)]) + entry)
        """;

    private const string Answer = """
        clip = numpy.fromfile(folder + '/clip.rgb', numpy.uint8).reshape(1, 8, 32, 32, 3)
        x = torch.tensor(clip).permute(0, 4, 1, 2, 3) / 255
        x = (x - torch.tensor([.485, .456, .406]).view(3, 1, 1, 1)) / torch.tensor([.229, .224, .225]).view(3, 1, 1, 1)
        with torch.no_grad():
            print(*network(x).softmax(-1)[0].tolist())
        """;

    /// <summary>Exports <c>foreign.onnx</c>.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="kind"><c>open</c> (any number of clips), <c>fixed</c> (one), <c>softmax</c> (one, probabilities), <c>labelled</c> (one, labels in the metadata).</param>
    public static void Write(TemporaryFolder folder, string kind) => Run(folder, kind, Network + "\n" + Export);

    /// <summary>What torch says of the only clip of the video: probabilities.</summary>
    /// <param name="folder">Where <paramref name="video"/> is put as plain bytes.</param>
    /// <param name="video">The video.</param>
    public static double[] Ask(TemporaryFolder folder, string video)
    {
        using (VideoReader reader = VideoReader.Open(video))
            File.WriteAllBytes(folder.File("clip.rgb"), new ClipPreparation { Frames = Frames, Stride = 1, Size = Size }.Read(reader, CancellationToken.None).Pixels);

        return [.. Run(folder, "open", Network + "\n" + Answer).Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
    }

    /// <summary>Writes a video larger and longer than the network takes.</summary>
    public static void WriteVideo(string path)
    {
        FrameSize size = new(64, 48);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using VideoWriter writer = new(path, size, 12);
        for (int frame = 0; frame < 20; frame++)
        {
            byte[] pixels = [.. Enumerable.Range(0, size.Width * size.Height * 3).Select(at => (byte)((at % 3 * 60) + (((at / 3 % size.Width) + (frame * 3)) % 24 * 5)))];
            writer.Write(pixels);
        }

        writer.Finish();
    }

    private static string Run(TemporaryFolder folder, string kind, string program)
    {
        File.WriteAllText(folder.File("foreign.py"), program);
        (int code, string output) = Judges.Run(Python, folder.File("foreign.py"), folder.Path, kind);
        return code == 0 ? output.Trim() : throw new InvalidOperationException(output);
    }
}
