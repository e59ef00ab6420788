using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>The output of a model made elsewhere that holds the classes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its elements.</param>
/// <param name="Gives">What it holds.</param>
/// <param name="Logits">The value that Softmax is applied to at the end; null where that is not to be seen, or the output holds logits.</param>
/// <param name="Classes">How many classes; null where the model does not say.</param>
internal sealed record ForeignOutput(string Name, ElementType Type, ForeignAnswer Gives, string? Logits, int? Classes)
{
    private const int Rank = 2;
    private static readonly string[] Passing = ["Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Dropout"];

    /// <summary>Finds the output.</summary>
    /// <exception cref="OnnxModelException">There is none that holds classes, or several.</exception>
    internal static ForeignOutput Find(OnnxDocument document, ForeignOptions options, string model)
    {
        ValueInfoProto output = Choose([.. document.Model.Graph.Output], options.Output, model);
        var type = (ElementType)output.Type.TensorType.ElemType;
        if (type is not (ElementType.Float or ElementType.Float16 or ElementType.BFloat16 or ElementType.Double))
            throw new OnnxModelException(model, $"gives {type} in '{output.Name}'; expected Float, Float16, BFloat16 or Double");

        NodeProto? last = Last(document, output.Name);
        if (last?.OpType == "Sigmoid" && options.Gives is null)
            throw new OnnxModelException(model, $"ends in Sigmoid, as models do that give several labels at once; expected one that chooses among its classes (say --output-holds logits to take its numbers for logits all the same)");

        bool endsInSoftmax = last?.OpType == "Softmax";
        ForeignAnswer gives = options.Gives ?? (endsInSoftmax ? ForeignAnswer.Probabilities : ForeignAnswer.Logits);
        bool isSeen = endsInSoftmax && last!.Output[0] == output.Name && gives == ForeignAnswer.Probabilities;
        return new ForeignOutput(output.Name, type, gives, isSeen ? last!.Input[0] : null, ClassesOf(output));
    }

    private static ValueInfoProto Choose(ValueInfoProto[] all, string? asked, string model)
    {
        if (asked is not null)
        {
            return all.FirstOrDefault(output => output.Name == asked) is { } found && IsClasses(found)
                ? found
                : throw new OnnxModelException(model, $"has no output '{asked}' of two extents, batch and classes (--output); it has {Names(all)}");
        }

        return all.Where(IsClasses).ToArray() switch
        {
            [var only] => only,
            [] => throw new OnnxModelException(model, $"gives {Names(all)}; expected a tensor of two extents, batch and classes"),
            var several => throw new OnnxModelException(model, $"gives {Names(several)}; say which holds the classes with --output"),
        };
    }

    private static bool IsClasses(ValueInfoProto output) =>
        output.Type?.ValueCase == TypeProto.ValueOneofCase.TensorType && (output.Type.TensorType.Shape is not { } shape || shape.Dim.Count == Rank);

    private static int? ClassesOf(ValueInfoProto output) =>
        output.Type.TensorType.Shape is { } shape && shape.Dim[1].ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue ? (int)shape.Dim[1].DimValue : null;

    private static string Names(IEnumerable<ValueInfoProto> outputs) => string.Join(", ", outputs.Select(output => $"'{output.Name}'{Shape(output)}"));

    private static string Shape(ValueInfoProto output) =>
        output.Type?.ValueCase == TypeProto.ValueOneofCase.TensorType
            ? output.Type.TensorType.Shape is { } shape ? $" [{string.Join(", ", shape.Dim.Select(dimension => dimension.DimParam is { Length: > 0 } name ? name : $"{dimension.DimValue}"))}]" : ""
            : " (no tensor)";

    // The last node that computes: what only passes values on is looked through.
    private static NodeProto? Last(OnnxDocument document, string value)
    {
        NodeProto? node = document.Model.Graph.Node.FirstOrDefault(node => node.Output.Contains(value));
        while (node is not null && Passing.Contains(node.OpType) && node.Input.Count > 0)
        {
            string before = node.Input[0];
            node = document.Model.Graph.Node.FirstOrDefault(other => other.Output.Contains(before));
        }

        return node;
    }
}
