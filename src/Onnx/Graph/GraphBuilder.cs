using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>
/// Writes an ONNX graph node by node. Nodes are named after the scope they are written in, such as
/// <c>blocks.0.attn/MatMul</c>, so that a graph reads like the module it mirrors.
/// </summary>
public sealed partial class GraphBuilder
{
    // IR version 8 came with opset 17; readers refuse what is newer than they are, so take no newer one than needed.
    private const long IrVersion = 8;

    private readonly GraphProto _graph;
    private readonly int _opset;
    private readonly Dictionary<string, string> _metadata = [];
    private readonly Dictionary<string, int> _uses = [];
    private readonly HashSet<string> _initializers = [];
    private readonly Dictionary<string, string> _renamed = [];
    private string _scope = "";

    /// <summary>Starts an empty graph.</summary>
    /// <param name="name">Name of the graph.</param>
    /// <param name="opset">Version of the standard operators, at least 17 (LayerNormalization). Default 17.</param>
    public GraphBuilder(string name, int opset = 17)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(opset, 17);
        _graph = new GraphProto { Name = name };
        _opset = opset;
    }

    /// <summary>Declares an input.</summary>
    public Value Input(string name, ElementType type, params ReadOnlySpan<Dimension> shape)
    {
        _graph.Input.Add(Declare(name, type, shape));
        return new Value(name);
    }

    /// <summary>Declares <paramref name="value"/> an output of the graph, under a name of its own.</summary>
    /// <exception cref="GraphException">The value is an output already.</exception>
    public void Output(string name, Value value, ElementType type, params ReadOnlySpan<Dimension> shape)
    {
        if (!_renamed.TryAdd(value.Name, name))
            throw new GraphException($"Output '{name}': value '{value.Name}' is already the output '{_renamed[value.Name]}'");
        _graph.Output.Add(Declare(name, type, shape));
    }

    /// <summary>Writes a node with one output and returns that output.</summary>
    public Value Node(string operation, ReadOnlySpan<Value> inputs, params ReadOnlySpan<(string Name, AttributeValue Value)> attributes) =>
        Nodes(operation, inputs, 1, attributes)[0];

    /// <summary>Writes a node with several outputs and returns them.</summary>
    public Value[] Nodes(string operation, ReadOnlySpan<Value> inputs, int outputs, params ReadOnlySpan<(string Name, AttributeValue Value)> attributes)
    {
        var node = new NodeProto { OpType = operation, Name = Unique(operation) };
        foreach (Value input in inputs)
            node.Input.Add(input.Name);
        foreach ((string name, AttributeValue value) in attributes)
            node.Attribute.Add(Attribute(name, value));

        var values = new Value[outputs];
        for (int i = 0; i < outputs; i++)
        {
            values[i] = new Value(outputs == 1 ? $"{node.Name}.out" : $"{node.Name}.out{i}");
            node.Output.Add(values[i].Name);
        }

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

        GraphChecker.Check(_graph);
        var model = new ModelProto { IrVersion = IrVersion, ProducerName = "unreel", Graph = _graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = _opset });
        foreach ((string key, string value) in _metadata)
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        return new OnnxDocument(model);
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

    private static AttributeProto Attribute(string name, AttributeValue value)
    {
        var attribute = new AttributeProto { Name = name };
        switch (value.Content)
        {
            case long integer:
                attribute.I = integer;
                attribute.Type = AttributeProto.Types.AttributeType.Int;
                break;
            case float number:
                attribute.F = number;
                attribute.Type = AttributeProto.Types.AttributeType.Float;
                break;
            case string text:
                attribute.S = ByteString.CopyFromUtf8(text);
                attribute.Type = AttributeProto.Types.AttributeType.String;
                break;
            case long[] integers:
                attribute.Ints.Add(integers);
                attribute.Type = AttributeProto.Types.AttributeType.Ints;
                break;
            default:
                throw new GraphException($"Attribute '{name}' has no value");
        }

        return attribute;
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
