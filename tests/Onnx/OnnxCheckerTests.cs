using System.Diagnostics;

namespace Unreel.Onnx.Tests;

/// <summary>An independent judge of the files: the checker of the format's own Python package.</summary>
public sealed class OnnxCheckerTests
{
    private const string Python = "/usr/bin/python3";

    [OnnxCheckerFact]
    public void The_checker_accepts_a_classifier()
    {
        string path = Path.Combine(Path.GetTempPath(), $"unreel-{Guid.NewGuid():N}.onnx");
        TinyClassifier.Document.Save(path);
        try
        {
            (int code, string output) = Run("import onnx, sys; m = onnx.load(sys.argv[1]); onnx.checker.check_model(m, full_check=True); print(onnx.shape_inference.infer_shapes(m, strict_mode=True).graph.output[0].name)", path);

            Assert.True(code == 0, output);
            Assert.Equal("logits", output.Trim());
        }
        finally
        {
            File.Delete(path);
        }
    }

    internal static (int Code, string Output) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Python, ["-c", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    internal sealed class OnnxCheckerFactAttribute : FactAttribute
    {
        public OnnxCheckerFactAttribute()
        {
            if (!File.Exists(Python) || Run("import onnx.checker").Code != 0)
                Skip = $"{Python} has no onnx package (Debian: python3-onnx)";
        }
    }
}
