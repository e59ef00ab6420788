using System.Globalization;
using System.Text;
using Unreel.Onnx;
using Unreel.Pipelines;

namespace Unreel.Export;

/// <summary>Writes a Triton model configuration (<c>config.pbtxt</c>, the text form of its <c>ModelConfig</c>).</summary>
internal static class TritonConfig
{
    /// <summary>The file of labels beside it.</summary>
    public const string LabelsFile = "labels.txt";

    /// <summary>The configuration.</summary>
    /// <param name="name">The model's name, which its folder has too.</param>
    /// <param name="model">Inputs and outputs.</param>
    /// <param name="contract">Labels, and the only batch that the model takes, if any.</param>
    /// <param name="maxBatch">The most clips at a time, where the model takes any number.</param>
    public static string Write(string name, ModelDescription model, ModelContract contract, int maxBatch)
    {
        bool isBatched = contract.Batch is null && model.Inputs.Concat(model.Outputs).All(tensor => tensor.Shape is [var first, ..] && Extent(first) < 0);
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"name: {Quote(name)}\nplatform: \"onnxruntime_onnx\"\nmax_batch_size: {(isBatched ? maxBatch : 0)}\n");
        foreach (TensorDescription input in model.Inputs)
            text.Append(CultureInfo.InvariantCulture, $"input [\n  {{\n    {Tensor(input, isBatched)}\n  }}\n]\n");

        foreach (TensorDescription output in model.Outputs)
        {
            bool isClasses = contract.Labels.Count > 0 && output.Name is ClassifierGraph.Logits or ClassifierGraph.Probabilities;
            string labels = isClasses ? $"\n    label_filename: {Quote(LabelsFile)}" : string.Empty;
            text.Append(CultureInfo.InvariantCulture, $"output [\n  {{\n    {Tensor(output, isBatched)}{labels}\n  }}\n]\n");
        }

        return text.Append(isBatched ? "dynamic_batching { }\n" : string.Empty).ToString();
    }

    private static string Tensor(TensorDescription tensor, bool isBatched)
    {
        IEnumerable<long> extents = tensor.Shape.Skip(isBatched ? 1 : 0).Select(Extent);
        return $"name: {Quote(tensor.Name)}\n    data_type: {TypeOf(tensor)}\n    dims: [ {string.Join(", ", extents.Select(extent => extent.ToString(CultureInfo.InvariantCulture)))} ]";
    }

    // What is open has a name, and is -1 to Triton.
    private static long Extent(string extent) => long.TryParse(extent, NumberStyles.None, CultureInfo.InvariantCulture, out long size) ? size : -1;

    private static string TypeOf(TensorDescription tensor) => tensor.Type switch
    {
        "uint8" => "TYPE_UINT8",
        "float" => "TYPE_FP32",
        "float16" => "TYPE_FP16",
        "bfloat16" => "TYPE_BF16",
        "double" => "TYPE_FP64",
        "int8" => "TYPE_INT8",
        "int32" => "TYPE_INT32",
        "int64" => "TYPE_INT64",
        "bool" => "TYPE_BOOL",
        _ => throw new UsageException($"'{tensor.Name}' of the model is of the type {tensor.Type}, for which Triton's configuration has no word here."),
    };

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";
}
