using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>
/// A copy of a model's graph that can be changed. Whoever replaces nodes keeps the names of the values that they made, so that values
/// can still be told by the module of the network that they belong to.
/// </summary>
internal sealed class GraphEditor
{
    private readonly OnnxDocument _document;
    private readonly GraphProto _graph;
    private readonly Dictionary<string, Initializer> _initializers;
    private readonly Dictionary<string, long> _opsets;

    internal GraphEditor(OnnxDocument document)
    {
        _document = document;
        _graph = document.Model.Graph.Clone();
        _initializers = document.Initializers.ToDictionary(initializer => initializer.Name, StringComparer.Ordinal);
        _opsets = document.Model.OpsetImport.ToDictionary(opset => opset.Domain, opset => opset.Version);
        Nodes = [.. _graph.Node];
    }

    /// <summary>The nodes, each after those that it needs.</summary>
    internal List<NodeProto> Nodes { get; }

    /// <summary>The graph's inputs.</summary>
    internal IList<ValueInfoProto> Inputs => _graph.Input;

    /// <summary>The graph's outputs.</summary>
    internal IList<ValueInfoProto> Outputs => _graph.Output;

    /// <summary>Version of the standard operators.</summary>
    internal long Opset => _opsets[""];

    /// <summary>Returns a constant, null where <paramref name="value"/> is none.</summary>
    internal Initializer? Constant(string value) => _initializers.GetValueOrDefault(value);

    /// <summary>Adds a constant, or returns the one of that name that is there.</summary>
    internal string Add(Initializer initializer)
    {
        _initializers.TryAdd(initializer.Name, initializer);
        return initializer.Name;
    }

    /// <summary>Puts nodes where another one stands.</summary>
    internal void Replace(NodeProto node, params IReadOnlyList<NodeProto> with)
    {
        int place = Nodes.IndexOf(node);
        Nodes.RemoveAt(place);
        Nodes.InsertRange(place, with);
    }

    /// <summary>Removes conversions whose result nothing reads any more.</summary>
    internal void RemoveUnreadCasts()
    {
        HashSet<string> read = [.. Nodes.SelectMany(node => node.Input), .. Outputs.Select(output => output.Name)];
        Nodes.RemoveAll(node => node.OpType == "Cast" && !read.Contains(node.Output[0]));
    }

    /// <summary>Declares another value an output of the graph; its type and shape are left open where the document does not say.</summary>
    internal void AddOutput(string value, ElementType type) => _graph.Output.Add(new ValueInfoProto
    {
        Name = value,
        Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type } },
    });

    /// <summary>Drops what the document says of the types of values inside the graph, for passes that change them.</summary>
    internal void ForgetTypes() => _graph.ValueInfo.Clear();

    /// <summary>Makes the document, without constants that no node reads any more.</summary>
    /// <exception cref="GraphException">The graph breaks a rule of the format, or has an operator that its opset does not have.</exception>
    internal OnnxDocument Build()
    {
        _graph.Node.Clear();
        _graph.Node.Add(Nodes);
        HashSet<string> read = [.. Nodes.SelectMany(node => node.Input), .. _graph.Output.Select(output => output.Name)];
        Initializer[] initializers = [.. _initializers.Values.Where(initializer => read.Contains(initializer.Name))];
        GraphChecker.Check(_graph, initializers, Opset);

        ModelProto model = _document.WithoutGraph();
        model.Graph = _graph;
        foreach (string domain in Nodes.Select(node => node.Domain).Distinct())
            _opsets.TryAdd(domain, 1);
        model.OpsetImport.Clear();
        model.OpsetImport.Add(_opsets.Select(opset => new OperatorSetIdProto { Domain = opset.Key, Version = opset.Value }));
        model.IrVersion = Math.Max(model.IrVersion, new GraphStyle(GraphFlavour.Portable, (int)Opset).IrVersion);
        return new OnnxDocument(model, initializers);
    }
}
