namespace Unreel.Onnx.Tests;

/// <summary>What the tests of precisions share.</summary>
internal static class PrecisionSupport
{
    internal static CalibrationSet Clips(int count = 4) => new(
        [.. Enumerable.Range(0, count).Select(seed => (ReadOnlyMemory<byte>)SeededFloats.Bytes(TinyClassifier.Contract().Input.ClipBytes, 100 + seed))],
        TinyClassifier.Contract().Input);

    internal static PrecisionResult Apply(PrecisionSettings settings, CalibrationSet? clips = null, OnnxDocument? document = null, Action<PrecisionProgress>? hear = null)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("unreel-precision");
        try
        {
            PrecisionResult result = PrecisionPass.Apply(document ?? TinyClassifier.Document, settings, clips, folder.FullName, new Ear(hear), CancellationToken.None);
            Assert.Empty(folder.EnumerateFileSystemInfos());
            return result;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    internal static float[] Logits(OnnxDocument document, int seed = 7, int count = 1)
    {
        using OnnxModel model = OnnxModel.Open(document.ToArray(), "trial");
        return model.Classify(SeededFloats.Bytes(count * TinyClassifier.Contract().Input.ClipBytes, seed), count).Logits;
    }

    /// <summary>The root mean square of the difference over that of the expected values.</summary>
    internal static double RelativeDifference(float[] expected, float[] actual) =>
        Math.Sqrt(expected.Zip(actual, (want, have) => Math.Pow((double)want - have, 2)).Sum() / expected.Sum(want => (double)want * want));

    internal static Dictionary<string, int> Operators(OnnxDocument document) => document.Model.Graph.Node.CountBy(node => node.OpType).ToDictionary();

    /// <summary>The tiny classifier in any style.</summary>
    internal static OnnxDocument Classifier(GraphFlavour flavour, int opset = 17) =>
        ClassifierGraph.Write(TinyClassifier.Shape, TinyClassifier.Weights(), TinyClassifier.Contract(), new GraphOptions { Style = new GraphStyle(flavour, opset) });

    /// <summary>A classifier that cuts its cubes by a convolution, as others' do.</summary>
    internal static OnnxDocument Convolutional()
    {
        ClassifierShape shape = TinyClassifier.Shape;
        long[] cube = [shape.Tubelet, shape.Patch, shape.Patch];
        var weights = new WeightScope(TinyClassifier.Weights());
        var graph = new GraphBuilder("convolutional");
        Value video = graph.Input(ClassifierGraph.Video, ElementType.UInt8, "batch", shape.Frames, shape.Size, shape.Size, 3);
        Value pixels = graph.Node("Cast", [graph.Node("Transpose", [video], ("perm", (long[])[0, 4, 1, 2, 3]))], ("to", (long)ElementType.Float));
        Value scaled = graph.Node("Mul", [pixels, graph.Scalar(1 / 255f)]);
        Value kernels = graph.Weight(weights["patch_embed.proj.weight"], shape.Width, 3, shape.Tubelet, shape.Patch, shape.Patch);
        Value cubes;
        using (graph.Scope("patch_embed"))
            cubes = graph.Named("patch_embed", graph.Node("Conv", [scaled, kernels, graph.Weight(weights["patch_embed.proj.bias"], shape.Width)], ("kernel_shape", cube), ("strides", cube)));

        Value features = graph.Node("ReduceMean", [cubes], ("axes", (long[])[2, 3, 4]), ("keepdims", 0));
        Value logits = Layers.Head(graph, features, weights["head"], shape.Width, shape.Classes);
        graph.Output(ClassifierGraph.Logits, logits, ElementType.Float, "batch", shape.Classes);
        graph.Output(ClassifierGraph.Probabilities, graph.Node("Softmax", [logits], ("axis", -1)), ElementType.Float, "batch", shape.Classes);
        graph.Output(ClassifierGraph.Features, features, ElementType.Float, "batch", shape.Width);
        graph.Metadata(ModelContract.Key, TinyClassifier.Contract().ToJson());
        return graph.Build();
    }

    /// <summary>Names of values that are names of modules, or of outputs.</summary>
    internal static IEnumerable<string> Modules(OnnxDocument document) =>
        document.Model.Graph.Node.SelectMany(node => node.Output).Where(output => !output.Contains('/', StringComparison.Ordinal));

    private sealed class Ear(Action<PrecisionProgress>? hear) : IProgress<PrecisionProgress>
    {
        public void Report(PrecisionProgress value) => hear?.Invoke(value);
    }
}
