using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>
/// Walks over a graph and tells the type and extents of every value. Weights are never read, only the small constants of integers that
/// shapes are computed from. What an unknown operator makes is unknown.
/// </summary>
internal sealed class ShapeInference
{
    private readonly Dictionary<string, ValueFact> _facts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Initializer> _constants;
    private readonly Dictionary<string, ValueFact> _declared;
    private readonly IReadOnlyDictionary<string, long> _bound;
    private readonly long _opset;

    private ShapeInference(GraphProto graph, IReadOnlyList<Initializer> initializers, long opset, IReadOnlyDictionary<string, long>? bound)
    {
        (_opset, _bound) = (opset, bound ?? new Dictionary<string, long>());
        _constants = initializers.DistinctBy(initializer => initializer.Name).ToDictionary(initializer => initializer.Name, StringComparer.Ordinal);
        _declared = graph.ValueInfo.DistinctBy(value => value.Name).ToDictionary(value => value.Name, Declared, StringComparer.Ordinal);
        foreach (ValueInfoProto input in graph.Input)
            _facts[input.Name] = Declared(input);
        foreach (Initializer initializer in initializers)
            _facts[initializer.Name] = new ValueFact(initializer.Type, [.. initializer.Shape.Select(extent => (Dimension)extent)]);
    }

    /// <summary>Tells all values, and refuses a graph with a node whose inputs are none that its operator takes.</summary>
    /// <param name="graph">Nodes in an order in which they can run.</param>
    /// <param name="initializers">The graph's constants.</param>
    /// <param name="opset">Version of the standard operators; 0 where it is not known.</param>
    /// <exception cref="GraphException">A node is wrong; the message names it, the input, what was expected and what was found.</exception>
    internal static IReadOnlyDictionary<string, ValueFact> Run(GraphProto graph, IReadOnlyList<Initializer> initializers, long opset)
    {
        var inference = new ShapeInference(graph, initializers, opset, null);
        foreach (NodeProto node in graph.Node)
            inference.Take(node, inference.Infer(node));
        return inference._facts;
    }

    /// <summary>As <see cref="Run(GraphProto, IReadOnlyList{Initializer}, long)"/>, of a whole model.</summary>
    internal static IReadOnlyDictionary<string, ValueFact> Run(OnnxDocument document) =>
        Run(document.Model.Graph, document.Initializers, document.Model.OpsetImport.FirstOrDefault(opset => opset.Domain.Length == 0)?.Version ?? 0);

    /// <summary>Tells what can be told, of graphs that others wrote as well.</summary>
    /// <param name="graph">Nodes in any order.</param>
    /// <param name="initializers">The graph's constants.</param>
    /// <param name="opset">Version of the standard operators; 0 where it is not known.</param>
    /// <param name="bound">What open extents are taken to be, by name.</param>
    /// <param name="problems">Takes what is wrong with nodes whose outputs are left unknown.</param>
    internal static IReadOnlyDictionary<string, ValueFact> Look(
        GraphProto graph, IReadOnlyList<Initializer> initializers, long opset, IReadOnlyDictionary<string, long> bound, ICollection<string> problems)
    {
        var inference = new ShapeInference(graph, initializers, opset, bound);
        foreach (NodeProto node in graph.Node)
        {
            try
            {
                inference.Take(node, inference.Infer(node));
            }
            catch (Exception exception) when (exception is GraphException or OverflowException or IOException)
            {
                problems.Add(exception.Message);
                inference.Take(node, []);
            }
        }

        return inference._facts;
    }

    /// <summary>What a model says of an input, an output or a value between.</summary>
    internal static ValueFact Declared(ValueInfoProto value, IReadOnlyDictionary<string, long> bound)
    {
        TypeProto.Types.Tensor? tensor = value.Type?.TensorType;
        ElementType? type = tensor is { ElemType: > 0 } ? (ElementType)tensor.ElemType : null;
        return new ValueFact(type, tensor?.Shape is { } shape ? [.. shape.Dim.Select(extent => Extent(extent, bound))] : null);
    }

    private static Dimension Extent(TensorShapeProto.Types.Dimension extent, IReadOnlyDictionary<string, long> bound) => extent.ValueCase switch
    {
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue when extent.DimValue >= 0 => extent.DimValue,
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam when bound.TryGetValue(extent.DimParam, out long known) => known,
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam when extent.DimParam.Length > 0 => extent.DimParam,
        _ => default,
    };

    private ValueFact Declared(ValueInfoProto value) => Declared(value, _bound);

    private ValueFact[] Infer(NodeProto node)
    {
        if (OperatorRules.Find(node.Domain, node.OpType) is not { } rule)
            return [];

        ValueFact?[] inputs = [.. node.Input.Select(input => input.Length == 0 ? null : _facts.GetValueOrDefault(input, ValueFact.Unknown))];
        return rule.Outputs(new NodeFacts(node, inputs, _constants.GetValueOrDefault, _opset));
    }

    private void Take(NodeProto node, ValueFact[] outputs)
    {
        for (int i = 0; i < node.Output.Count; i++)
        {
            ValueFact fact = i < outputs.Length ? outputs[i] : ValueFact.Unknown;
            _facts[node.Output[i]] = fact.Shape is null && _declared.TryGetValue(node.Output[i], out ValueFact? declared) ? declared with { Type = fact.Type ?? declared.Type } : fact;
        }
    }
}
