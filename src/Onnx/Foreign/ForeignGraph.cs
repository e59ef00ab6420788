using System.Runtime.InteropServices;
using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>Puts a model made elsewhere between nodes that make it obey the contract; its own nodes stay as they are.</summary>
internal sealed class ForeignGraph(OnnxDocument document, ForeignInput input, ForeignOutput output, ForeignOptions options, int classes)
{
    private const string Scope = "unreel/";
    private static readonly HashSet<string> Taken = [ClassifierGraph.Video, ClassifierGraph.Logits, ClassifierGraph.Probabilities, ClassifierGraph.Features];

    private readonly GraphProto _graph = document.Model.Graph.Clone();
    private readonly List<NodeProto> _before = [];
    private readonly List<NodeProto> _after = [];
    private readonly List<Initializer> _constants = [];

    /// <summary>Writes the model.</summary>
    internal OnnxDocument Write()
    {
        IReadOnlyList<Initializer> initializers = ForeignNames.Free(_graph, document.Initializers, Taken);
        Prepare(ForeignNames.New(input.Name, Taken));
        Answer(ForeignNames.New(output.Name, Taken), output.Logits is { } logits ? ForeignNames.New(logits, Taken) : null);

        NodeProto[] own = [.. _graph.Node];
        _graph.Node.Clear();
        _graph.Node.Add(_before);
        _graph.Node.Add(own);
        _graph.Node.Add(_after);
        Declare();

        ModelProto model = document.WithoutGraph();
        model.Graph = _graph;
        return new OnnxDocument(model, [.. initializers, .. _constants]);
    }

    // From uint8 [b, t, h, w, c] to what the model takes.
    private void Prepare(string target)
    {
        long[] order = [.. input.Layout.Select(letter => (long)"bthwc".IndexOf(letter, StringComparison.Ordinal))];
        string moved = Node(_before, "Transpose", [Bgr(ClassifierGraph.Video)]);
        _before[^1].Attribute.Add(Nodes.Integers("perm", order));
        if (input.Type == ElementType.UInt8)
        {
            Node(_before, "Identity", [moved], target);
            return;
        }

        string floats = Node(_before, "Cast", [moved], ("to", (long)ElementType.Float));
        string scaled = Node(_before, "Mul", [floats, PerChannel("scale", channel => options.White / (255.0 * options.Std[channel]))]);
        string shifted = Node(_before, "Add", [scaled, PerChannel("shift", channel => -(double)options.Mean[channel] / options.Std[channel])]);
        if (input.Type == ElementType.Float)
            Node(_before, "Identity", [shifted], target);
        else
            Node(_before, "Cast", [shifted], target, ("to", (long)input.Type));
    }

    private string Bgr(string video)
    {
        if (!options.IsBgr)
            return video;

        string places = Constant("bgr", ElementType.Int64, [EncoderShape.Channels], MemoryMarshal.AsBytes<long>((long[])[2, 1, 0]).ToArray());
        return Node(_before, "Gather", [video, places], ("axis", 4));
    }

    private string PerChannel(string name, Func<int, double> value)
    {
        // With the channels where the model has them, so that it spreads over everything else.
        long[] shape = [.. input.Layout.Select(letter => letter == 'c' ? (long)EncoderShape.Channels : 1)];
        int[] order = options.IsBgr ? [2, 1, 0] : [0, 1, 2];
        float[] values = [.. order.Select(channel => (float)value(channel))];
        return Constant(name, ElementType.Float, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
    }

    private void Answer(string given, string? logits)
    {
        string floats = Floats(given);
        if (output.Gives == ForeignAnswer.Logits)
        {
            Node(_after, "Identity", [floats], ClassifierGraph.Logits);
            Node(_after, "Softmax", [floats], ClassifierGraph.Probabilities, ("axis", 1));
            return;
        }

        Node(_after, "Identity", [floats], ClassifierGraph.Probabilities);
        if (logits is not null)
        {
            Node(_after, "Identity", [Floats(logits)], ClassifierGraph.Logits);
            return;
        }

        // Softmax of a logarithm gives the same probabilities back. No probability is nothing, for its logarithm would be no number.
        string least = Constant("least", ElementType.Float, [], MemoryMarshal.AsBytes<float>((float[])[1e-30f]).ToArray());
        Node(_after, "Log", [Node(_after, "Max", [floats, least])], ClassifierGraph.Logits);
    }

    private string Floats(string value) => output.Type == ElementType.Float ? value : Node(_after, "Cast", [value], ("to", (long)ElementType.Float));

    private void Declare()
    {
        _graph.Input.Remove(_graph.Input.First(value => value.Name == ForeignNames.New(input.Name, Taken)));
        _graph.Input.Insert(0, Tensor(ClassifierGraph.Video, ElementType.UInt8, input.Geometry.Frames, input.Geometry.Height, input.Geometry.Width, EncoderShape.Channels));
        _graph.Output.Clear();
        _graph.Output.Add(Tensor(ClassifierGraph.Logits, ElementType.Float, classes));
        _graph.Output.Add(Tensor(ClassifierGraph.Probabilities, ElementType.Float, classes));
    }

    private ValueInfoProto Tensor(string name, ElementType type, params ReadOnlySpan<int> extents)
    {
        TensorShapeProto shape = new();
        shape.Dim.Add(input.Batch is { } batch ? new TensorShapeProto.Types.Dimension { DimValue = batch } : new TensorShapeProto.Types.Dimension { DimParam = "batch" });
        foreach (int extent in extents)
            shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = extent });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } } };
    }

    private string Constant(string name, ElementType type, long[] shape, byte[] bytes)
    {
        _constants.Add(new Initializer(Scope + name, type, shape, () => bytes));
        return Scope + name;
    }

    private static string Node(List<NodeProto> nodes, string operation, string[] inputs, params ReadOnlySpan<(string Name, long Value)> integers) =>
        Node(nodes, operation, inputs, $"{Scope}{operation}{inputs[0]}", integers);

    private static string Node(List<NodeProto> nodes, string operation, string[] inputs, string result, params ReadOnlySpan<(string Name, long Value)> integers)
    {
        nodes.Add(Nodes.Make(operation, $"{Scope}{operation}/{result}", inputs, [result], integers));
        return result;
    }
}
