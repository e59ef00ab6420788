using System.Diagnostics;

namespace Unreel.Onnx.Tests;

/// <summary>An independent judge of the files: the checker of the format's own Python package.</summary>
public sealed class OnnxCheckerTests
{
    private const string Python = "/usr/bin/python3";

    // Debian 12's package knows opset 17 at most; shapes are inferred strictly, so that what is declared must be what comes out.
    private const string Check = """
        import onnx, sys
        m = onnx.load(sys.argv[1])
        onnx.checker.check_model(m, full_check=True)
        print([o.name for o in onnx.shape_inference.infer_shapes(m, strict_mode=True, data_prop=True).graph.output])
        """;

    public static TheoryData<GraphKind, bool, bool> Graphs => new()
    {
        { GraphKind.Classifier, false, false },
        { GraphKind.Classifier, true, false },
        { GraphKind.Classifier, false, true },
        { GraphKind.Classifier, true, true },
        { GraphKind.Encoder, false, false },
        { GraphKind.Encoder, true, true },
        { GraphKind.Keys, false, false },
        { GraphKind.Reconstruction, false, false },
    };

    [OnnxCheckerTheory]
    [MemberData(nameof(Graphs))]
    public void The_checker_accepts_portable_graphs(GraphKind graph, bool frames, bool size)
    {
        OnnxDocument document = Document(graph, new GraphOptions { DynamicFrames = frames, DynamicSize = size });
        string path = Path.Combine(Path.GetTempPath(), $"unreel-{Guid.NewGuid():N}.onnx");
        document.Save(path);
        try
        {
            (int code, string output) = Run(Check, path);

            Assert.True(code == 0, output);
            Assert.Equal($"[{string.Join(", ", document.Describe().Outputs.Select(value => $"'{value.Name}'"))}]", output.Trim());
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static OnnxDocument Document(GraphKind graph, GraphOptions options) => graph switch
    {
        GraphKind.Classifier => ClassifierGraph.Write(TinyClassifier.Shape, TinyClassifier.Weights(), TinyClassifier.Contract(), options),
        GraphKind.Reconstruction => TinyAutoencoder.Reconstruction(options),
        _ => TinyAutoencoder.Encoder(graph, options),
    };

    internal static (int Code, string Output) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Python, ["-c", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    internal sealed class OnnxCheckerTheoryAttribute : TheoryAttribute
    {
        public OnnxCheckerTheoryAttribute()
        {
            if (!File.Exists(Python) || Run("import onnx.checker").Code != 0)
                Skip = $"{Python} has no onnx package (Debian: python3-onnx)";
        }
    }
}
