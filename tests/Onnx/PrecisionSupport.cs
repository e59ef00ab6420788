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

    /// <summary>Names of values that are names of modules, or of outputs.</summary>
    internal static IEnumerable<string> Modules(OnnxDocument document) =>
        document.Model.Graph.Node.SelectMany(node => node.Output).Where(output => !output.Contains('/', StringComparison.Ordinal));

    private sealed class Ear(Action<PrecisionProgress>? hear) : IProgress<PrecisionProgress>
    {
        public void Report(PrecisionProgress value) => hear?.Invoke(value);
    }
}
