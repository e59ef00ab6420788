using System.Globalization;
using Google.Protobuf.Collections;
using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>
/// Writes an ONNX graph node by node. Nodes are named after the scope they are written in, such as
/// <c>blocks.0.attn/MatMul</c>, so that a graph reads like the module it mirrors.
/// </summary>
public sealed partial class GraphBuilder
{
    private readonly GraphProto _graph;
    private readonly Dictionary<string, string> _metadata = [];
    private readonly Dictionary<string, int> _uses = [];
    private readonly Dictionary<string, Initializer> _initializers = [];
    private readonly Dictionary<string, string> _renamed = [];
    private string _scope = "";

    /// <summary>Starts an empty graph.</summary>
    /// <param name="name">Name of the graph.</param>
    /// <param name="style">In which operators it is written. Default portable ones of opset 17.</param>
    /// <exception cref="GraphException">The opset is not known.</exception>
    public GraphBuilder(string name, GraphStyle style)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        style.Validate();
        _graph = new GraphProto { Name = name };
        Style = style;
    }

    /// <summary>Starts an empty graph of portable operators of opset 17.</summary>
    /// <param name="name">Name of the graph.</param>
    public GraphBuilder(string name)
        : this(name, new GraphStyle())
    {
    }

    /// <summary>In which operators the graph is written.</summary>
    public GraphStyle Style { get; }

    /// <summary>Declares an input.</summary>
    public Value Input(string name, ElementType type, params ReadOnlySpan<Dimension> shape)
    {
        _graph.Input.Add(Declare(name, type, shape));
        return new Value(name);
    }

    /// <summary>Declares <paramref name="value"/> an output of the graph, under a name of its own; without extents they are left open.</summary>
    /// <exception cref="GraphException">The value is an output already.</exception>
    public void Output(string name, Value value, ElementType type, params ReadOnlySpan<Dimension> shape)
    {
        if (_graph.Output.Any(output => output.Name == _renamed.GetValueOrDefault(value.Name)))
            throw new GraphException($"Output '{name}': value '{value.Name}' is already the output '{_renamed[value.Name]}'");
        _renamed[value.Name] = name;
        ValueInfoProto output = Declare(name, type, shape);
        if (shape.Length == 0)
            output.Type.TensorType.Shape = null;
        _graph.Output.Add(output);
    }

    /// <summary>
    /// Names a value after the module of the network that it is the output of, so that the two can be compared. A value that is an
    /// output of the graph keeps that name.
    /// </summary>
    public Value Named(string module, Value value)
    {
        _renamed.TryAdd(value.Name, module);
        return value;
    }

    /// <summary>
    /// Writes a node with one output and returns that output. Operators beyond the standard are named with their domain before them,
    /// such as <c>com.microsoft.MultiHeadAttention</c>; an input left out is <c>default</c>.
    /// </summary>
    public Value Node(string operation, ReadOnlySpan<Value> inputs, params ReadOnlySpan<(string Name, AttributeValue Value)> attributes) =>
        Nodes(operation, inputs, 1, attributes)[0];

    /// <summary>Writes a node with several outputs and returns them.</summary>
    /// <exception cref="GraphException">The graph's opset does not have the operator, or the graph is portable and the operator is not of the standard.</exception>
    public Value[] Nodes(string operation, ReadOnlySpan<Value> inputs, int outputs, params ReadOnlySpan<(string Name, AttributeValue Value)> attributes)
    {
        (string domain, string type) = operation.LastIndexOf('.') is var dot and > 0 ? (operation[..dot], operation[(dot + 1)..]) : ("", operation);
        var node = new NodeProto { OpType = type, Name = Unique(type) };
        if (domain.Length > 0)
            node.Domain = domain;
        foreach (Value input in inputs)
            node.Input.Add(input.Name ?? "");
        foreach ((string name, AttributeValue value) in attributes)
            node.Attribute.Add(Attribute(name, value));

        var values = new Value[outputs];
        for (int i = 0; i < outputs; i++)
        {
            values[i] = new Value(outputs == 1 ? $"{node.Name}.out" : $"{node.Name}.out{i}");
            node.Output.Add(values[i].Name);
        }

        Check(node);
        _graph.Node.Add(node);
        return values;
    }

    /// <summary>Names nodes after <paramref name="path"/> until the result is disposed of.</summary>
    public IDisposable Scope(string path)
    {
        var restore = new Restore(this, _scope);
        _scope = path;
        return restore;
    }

    /// <summary>Adds an entry to the model's <c>metadata_props</c>.</summary>
    public void Metadata(string key, string value) => _metadata.Add(key, value);

    /// <summary>Finishes the graph and checks it.</summary>
    /// <exception cref="GraphException">The graph breaks a rule of the format.</exception>
    public OnnxDocument Build()
    {
        foreach (NodeProto node in _graph.Node)
        {
            Rename(node.Input);
            Rename(node.Output);
        }

        Initializer[] initializers = [.. _initializers.Values];
        GraphChecker.Check(_graph, initializers, Style.Opset);
        var model = new ModelProto { IrVersion = Style.IrVersion, ProducerName = "unreel", Graph = _graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = Style.Opset });
        foreach (string domain in _graph.Node.Select(node => node.Domain).Distinct().Where(domain => domain.Length > 0))
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = 1 });
        foreach ((string key, string value) in _metadata)
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        return new OnnxDocument(model, initializers);
    }

    private static ValueInfoProto Declare(string name, ElementType type, ReadOnlySpan<Dimension> shape)
    {
        var extents = new TensorShapeProto();
        foreach (Dimension dimension in shape)
        {
            extents.Dim.Add(dimension.Symbol is { } symbol
                ? new TensorShapeProto.Types.Dimension { DimParam = symbol }
                : new TensorShapeProto.Types.Dimension { DimValue = dimension.Size ?? 0 });
        }

        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = extents } },
        };
    }

    private void Check(NodeProto node)
    {
        if (node.Domain.Length > 0 && Style.Flavour == GraphFlavour.Portable)
            throw new GraphException($"Node '{node.Name}': operator '{node.OpType}' of '{node.Domain}' is not of the standard, and the graph is to be portable");
    }

    private void Rename(RepeatedField<string> names)
    {
        for (int i = 0; i < names.Count; i++)
            names[i] = _renamed.GetValueOrDefault(names[i], names[i]);
    }

    private string Unique(string operation)
    {
        string name = _scope.Length == 0 ? operation : $"{_scope}/{operation}";
        int use = _uses.GetValueOrDefault(name);
        _uses[name] = use + 1;
        return use == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}_{use}");
    }

    private sealed class Restore(GraphBuilder graph, string scope) : IDisposable
    {
        public void Dispose() => graph._scope = scope;
    }
}
