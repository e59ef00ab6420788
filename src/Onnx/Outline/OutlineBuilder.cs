using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>Makes the outline of a document.</summary>
internal sealed class OutlineBuilder
{
    private const int MostNotes = 8;

    private readonly OnnxDocument _document;
    private readonly GraphProto _graph;
    private readonly Dictionary<string, Initializer> _weights;
    private readonly Dictionary<string, long> _bound = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];
    private readonly IReadOnlyDictionary<string, ValueFact> _facts;
    private readonly HashSet<string> _counted = [];
    private readonly long _opset;

    internal OutlineBuilder(OnnxDocument document)
    {
        _document = document;
        _weights = document.Initializers.DistinctBy(weight => weight.Name).ToDictionary(weight => weight.Name, StringComparer.Ordinal);
        _opset = document.Model.OpsetImport.FirstOrDefault(opset => opset.Domain is "" or "ai.onnx")?.Version ?? 0;
        _graph = document.Model.Graph.Clone();
        foreach (ValueInfoProto input in _graph.Input.Where(input => !_weights.ContainsKey(input.Name)))
            Bind(input);
        _facts = ShapeInference.Look(_graph, document.Initializers, _opset, _bound, _problems);
    }

    internal ModelOutline Build()
    {
        OutlineBlock[] blocks = [.. Group().Select(group => Block(group.Name, group.Nodes))];
        string? contract = _document.Model.MetadataProps.FirstOrDefault(entry => entry.Key == ModelContract.Key)?.Value;
        return new ModelOutline(_document.Describe(), blocks, OutlineRun.Of(blocks), _bound, contract, [.. Notes()]);
    }

    // One clip of the contract's size; what has no name is given its size where it stands.
    private void Bind(ValueInfoProto input)
    {
        InputGeometry? geometry = Geometry();
        long?[] sizes = input.Name == ClassifierGraph.Video && geometry is not null ? [1, geometry.Frames, geometry.Height, geometry.Width] : [1];
        if (input.Type?.TensorType?.Shape?.Dim is not { } extents)
            return;
        for (int axis = 0; axis < Math.Min(extents.Count, sizes.Length); axis++)
        {
            if (extents[axis].ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue && extents[axis].DimValue > 0)
                continue;
            if (extents[axis].DimParam.Length > 0)
                _bound.TryAdd(extents[axis].DimParam, sizes[axis]!.Value);
            extents[axis].DimValue = sizes[axis]!.Value;
        }
    }

    private InputGeometry? Geometry()
    {
        try
        {
            return _document.ReadContract().Input;
        }
        catch (ContractException)
        {
            // A model without a contract that can be read has outlines too; what is open in it stays open.
            return null;
        }
    }

    // A node that nothing tells a module of goes with the next one that has one, at the end with the one before.
    private IEnumerable<(string Name, List<NodeProto> Nodes)> Group()
    {
        string[] paths = [.. _graph.Node.Select(node => NodePaths.Of(node, _weights.ContainsKey))];
        if (Array.TrueForAll(paths, path => path.Length == 0))
            return Runs();

        for (int i = paths.Length - 2; i >= 0; i--)
            paths[i] = paths[i].Length > 0 ? paths[i] : paths[i + 1];
        for (int i = 1; i < paths.Length; i++)
            paths[i] = paths[i].Length > 0 ? paths[i] : paths[i - 1];

        // Constants and copies of shared weights stand anywhere: a block is where its work is done.
        var groups = paths.Zip(_graph.Node).Index().GroupBy(member => NodePaths.Block(member.Item.First), member => (Node: member.Item.Second, Place: member.Index));
        return groups.OrderBy(group => group.Where(member => !IsLoose(member.Node)).Select(member => member.Place).DefaultIfEmpty(int.MaxValue).First())
            .Select(group => (group.Key, group.Select(member => member.Node).ToList()));
    }

    // No names to go by: every node that reads a large weight begins a part of its own.
    private List<(string Name, List<NodeProto> Nodes)> Runs()
    {
        List<(string Name, List<NodeProto> Nodes)> runs = [];
        foreach (NodeProto node in _graph.Node)
        {
            bool heavy = node.Input.Any(input => _weights.TryGetValue(input, out Initializer? weight) && weight.Shape.Count > 1);
            if (runs.Count == 0 || heavy)
                runs.Add((node.OpType, []));
            runs[^1].Nodes.Add(node);
        }

        return runs;
    }

    private static bool IsLoose(NodeProto node) => node.OpType is "Constant" or "Identity";

    private OutlineBlock Block(string name, List<NodeProto> nodes)
    {
        List<OutlineLayer> layers = [];
        string scope = "";
        foreach (NodeProto node in nodes)
        {
            OutlineLayer layer = Layer(name, node);
            string here = NodePaths.Of(node, _weights.ContainsKey);
            if (layer is { MultiplyAdds: 0, Parameters: > 0 } && layers.Count > 0 && here == scope)
                layers[^1] = Joined(layers[^1], layer);
            else if (layer.MultiplyAdds != 0 || layer.Parameters > 0)
                layers.Add(layer);
            scope = here;
        }

        var operators = new SortedDictionary<string, int>(nodes.CountBy(node => OperatorRules.NameOf(node.Domain, node.OpType)).ToDictionary(), StringComparer.Ordinal);
        NodeProto last = nodes.LastOrDefault(node => !IsLoose(node)) ?? nodes[^1];
        return new OutlineBlock(name, layers, operators, FactOf(last).ToString());
    }

    // Single numbers and targets of reshapes were not learned.
    private static bool IsFixed(Initializer constant) => constant.Count <= 1 || constant is { Type: ElementType.Int64, Shape.Count: 1, Count: <= NodeFacts.MostValues };

    private static OutlineLayer Joined(OutlineLayer layer, OutlineLayer more) => layer with
    {
        Parameters = layer.Parameters + more.Parameters,
        Bytes = layer.Bytes + more.Bytes,
        Precision = layer.Precision.Length > 0 ? layer.Precision : more.Precision,
        Weight = layer.Weight ?? more.Weight,
        Output = more.Output,
    };

    private OutlineLayer Layer(string block, NodeProto node)
    {
        // A weight that several nodes read is counted where it is read first.
        Initializer[] weights = [.. node.Input.Where(_counted.Add).Select(input => _weights.GetValueOrDefault(input)).OfType<Initializer>().Where(weight => !IsFixed(weight))];
        Initializer? largest = weights.MaxBy(weight => weight.Length);
        ValueFact output = FactOf(node);
        long packed = PackedExtra(node, weights);
        return new OutlineLayer(
            Within(block, node.Name.Length > 0 ? node.Name : node.OpType),
            OperatorRules.NameOf(node.Domain, node.OpType),
            weights.Sum(weight => weight.Count) + packed,
            weights.Sum(weight => weight.Length),
            Cost(node, output),
            largest is null ? "" : Bits(node, largest) is { } bits ? $"int{bits}" : PrecisionNames.Of(largest.Type),
            output.ToString(),
            largest?.Name);
    }

    private long? Cost(NodeProto node, ValueFact output)
    {
        ValueFact?[] inputs = [.. node.Input.Select(input => input.Length == 0 ? null : _facts.GetValueOrDefault(input, ValueFact.Unknown))];
        try
        {
            return MultiplyAdds.Of(new NodeFacts(node, inputs, _weights.GetValueOrDefault, _opset), output);
        }
        catch (GraphException exception)
        {
            _problems.Add(exception.Message);
            return null;
        }
    }

    // Weights of fewer than 8 bits come packed in bytes.
    private static long? Bits(NodeProto node, Initializer weight) =>
        node.OpType == "MatMulNBits" && node.Input.Count > 1 && node.Input[1] == weight.Name ? node.Attribute.FirstOrDefault(attribute => attribute.Name == "bits")?.I ?? 4 : null;

    private static long PackedExtra(NodeProto node, Initializer[] weights) =>
        weights.Sum(weight => Bits(node, weight) is > 0 and < 8 and var bits ? (weight.Length * 8 / bits) - weight.Count : 0);

    private static string Within(string block, string name)
    {
        // Some exporters write the block's module before it, as in "/blocks/blocks.0/attn/MatMul".
        int start = name.IndexOf(block + "/", StringComparison.Ordinal) is var slash and >= 0 ? slash : name.IndexOf(block + ".", StringComparison.Ordinal);
        return start >= 0 && block.Length > 0 ? name[(start + block.Length + 1)..] : name.TrimStart('/');
    }

    private ValueFact FactOf(NodeProto node) => node.Output.Count > 0 ? _facts.GetValueOrDefault(node.Output[0], ValueFact.Unknown) : ValueFact.Unknown;

    private IEnumerable<string> Notes()
    {
        string[] unknown = [.. _graph.Node.Where(node => OperatorRules.Find(node.Domain, node.OpType) is null).Select(node => OperatorRules.NameOf(node.Domain, node.OpType)).Distinct().Order(StringComparer.Ordinal)];
        if (unknown.Length > 0)
            yield return $"operators that are not known here, so that extents after them may be unknown: {string.Join(", ", unknown)}";
        foreach (string problem in _problems.Take(MostNotes))
            yield return problem;
        if (_problems.Count > MostNotes)
            yield return $"and {_problems.Count - MostNotes} more nodes that do not fit their inputs";
    }
}
