namespace Unreel.Onnx;

/// <summary>Tells which values of a document are 32-bit floats.</summary>
internal sealed class FloatValues
{
    private readonly IReadOnlyDictionary<string, ValueFact> _facts;
    private readonly Dictionary<string, string> _castFrom;

    /// <exception cref="GraphException">A node's inputs are none that its operator takes.</exception>
    internal FloatValues(OnnxDocument document)
    {
        _facts = ShapeInference.Run(document);
        _castFrom = document.Model.Graph.Node.Where(node => node.OpType == "Cast").ToDictionary(node => node.Output[0], node => node.Input[0], StringComparer.Ordinal);
    }

    /// <summary>A value whose type cannot be told; null where all can.</summary>
    internal string? Unknown => _facts.FirstOrDefault(fact => fact.Value.Type is null).Key;

    internal bool Contains(string value) => TypeOf(value) == ElementType.Float;

    /// <summary>The source of a value that is nothing but bytes made floats; null where it is not.</summary>
    internal string? BytesOf(string value) => _castFrom.TryGetValue(value, out string? source) && TypeOf(source) == ElementType.UInt8 ? source : null;

    private ElementType? TypeOf(string value) => _facts.GetValueOrDefault(value)?.Type;
}
