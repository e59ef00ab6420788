using System.Globalization;
using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>What a model takes, gives and consists of.</summary>
/// <param name="Inputs">Inputs in the model's order.</param>
/// <param name="Outputs">Outputs in the model's order.</param>
/// <param name="Opsets">Versions of the operators by domain; the standard ones are <c>ai.onnx</c>.</param>
/// <param name="Operators">Nodes by operator.</param>
/// <param name="Parameters">Numbers in the model's weights and constants.</param>
/// <param name="Bytes">Size of the model, wherever its weights are kept.</param>
/// <param name="Producer">Who wrote the model.</param>
public sealed record ModelDescription(
    IReadOnlyList<TensorDescription> Inputs,
    IReadOnlyList<TensorDescription> Outputs,
    IReadOnlyDictionary<string, long> Opsets,
    IReadOnlyDictionary<string, int> Operators,
    long Parameters,
    long Bytes,
    string Producer)
{
    internal static ModelDescription Of(OnnxDocument document) => Of(document, document.Model);

    private static ModelDescription Of(OnnxDocument document, ModelProto model) => new(
        [.. model.Graph.Input.Select(TensorDescription.Of)],
        [.. model.Graph.Output.Select(TensorDescription.Of)],
        model.OpsetImport.ToDictionary(opset => opset.Domain.Length == 0 ? "ai.onnx" : opset.Domain, opset => opset.Version),
        new SortedDictionary<string, int>(model.Graph.Node.CountBy(Name).ToDictionary(), StringComparer.Ordinal),
        document.Initializers.Sum(constant => constant.Count),
        new ModelWriter(document).Length,
        model.ProducerName);

    private static string Name(NodeProto node) => node.Domain.Length == 0 ? node.OpType : $"{node.Domain}.{node.OpType}";
}

/// <summary>One input or output of a model.</summary>
/// <param name="Name">Name.</param>
/// <param name="Type">Element type, such as <c>uint8</c>.</param>
/// <param name="Shape">Extents; open ones by their names.</param>
public sealed record TensorDescription(string Name, string Type, IReadOnlyList<string> Shape)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Type} [{string.Join(", ", Shape)}]";

    internal static TensorDescription Of(ValueInfoProto value)
    {
        TypeProto.Types.Tensor? tensor = value.Type?.TensorType;
        string type = ((TensorProto.Types.DataType)(tensor?.ElemType ?? 0)).ToString();
        IEnumerable<string> shape = tensor?.Shape?.Dim.Select(Extent) ?? [];
        return new TensorDescription(value.Name, CultureInfo.InvariantCulture.TextInfo.ToLower(type), [.. shape]);
    }

    private static string Extent(TensorShapeProto.Types.Dimension dimension) => dimension.ValueCase switch
    {
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue => dimension.DimValue.ToString(CultureInfo.InvariantCulture),
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam => dimension.DimParam,
        _ => "?",
    };
}
