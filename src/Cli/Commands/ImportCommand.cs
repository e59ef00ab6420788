using System.CommandLine;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel import</c>: what others made, turned into artifacts.</summary>
internal static class ImportCommand
{
    public static Command Create() =>
        new("import", "Brings what others made into the store: weights of VideoMAE, VideoMAE V2 and Hugging Face, and ONNX classifiers.")
        {
            ImportWeightsCommand.Create(),
            ImportOnnxCommand.Create(),
        };
}
