using System.Text.Json.Nodes;

namespace Unreel.Onnx;

/// <summary>
/// A classifier made elsewhere, which becomes one that obeys our contract by being rewritten: nodes before it turn video bytes into what it takes, nodes
/// after it into logits and probabilities.
/// </summary>
public sealed class ForeignModel
{
    // From here on sums and products spread over extents of one, as the nodes that are added need.
    private const int LeastOpset = 8;

    private static readonly string[] Training = ["ai.onnx.training", "ai.onnx.preview.training"];

    private readonly OnnxDocument _document;
    private readonly ForeignOptions _options;
    private readonly ForeignInput _input;
    private readonly ForeignOutput _output;

    private ForeignModel(OnnxDocument document, ForeignOptions options, string name)
    {
        (_document, _options, Name) = (document, options, name);
        CheckOperators();
        CheckPixels();
        _input = ForeignInput.Find(document, options, name);
        _output = ForeignOutput.Find(document, options, name);
        Labels = ForeignLabels.Find(document.Model.MetadataProps.GroupBy(entry => entry.Key).ToDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal));
    }

    /// <summary>What errors call the model.</summary>
    public string Name { get; }

    /// <summary>Full names of the files beside it that hold weights, in order.</summary>
    public IReadOnlyList<string> ExternalFiles => _document.ExternalFiles;

    /// <summary>Frames, rows and columns that it takes.</summary>
    public InputGeometry Geometry => _input.Geometry;

    /// <summary>Order of its input's extents, such as <c>bcthw</c>.</summary>
    public string Layout => _input.Layout;

    /// <summary>Clips at once; null where it takes any number.</summary>
    public int? Batch => _input.Batch;

    /// <summary>What its output holds.</summary>
    public ForeignAnswer Gives => _output.Gives;

    /// <summary>How many classes it has; null where it does not say.</summary>
    public int? Classes => _output.Classes;

    /// <summary>The labels in its metadata; null where there are none.</summary>
    public IReadOnlyList<string>? Labels { get; }

    /// <summary>Reads a model and finds out what it takes and gives.</summary>
    /// <param name="path">The file; files of weights that it names lie beside it.</param>
    /// <param name="options">What the model does not say.</param>
    /// <exception cref="OnnxModelException">It is no model, or none that takes a video and gives classes; the message says what is in the way.</exception>
    public static ForeignModel Open(string path, ForeignOptions options) => new(OnnxDocument.Read(path), options, path);

    /// <summary>Writes the model that obeys the contract; it is a model like any other from then on.</summary>
    /// <param name="labels">Names of the classes.</param>
    /// <param name="preparation">How a video becomes clips of <see cref="Geometry"/>.</param>
    /// <param name="weights">Digest of the foreign file.</param>
    /// <exception cref="OnnxModelException">There are more or fewer labels than classes, or the model breaks a rule of the format.</exception>
    /// <exception cref="ContractException">Labels are there twice, or blank.</exception>
    public OnnxDocument Write(IReadOnlyList<string> labels, JsonObject preparation, string weights)
    {
        if (Classes is { } classes && classes != labels.Count)
            throw new OnnxModelException(Name, $"has {classes} classes in '{_output.Name}', but there are {labels.Count} labels");

        ModelContract contract = new()
        {
            Precision = "foreign",
            Batch = Batch,
            Labels = labels,
            Input = Geometry,
            Preparation = preparation,
            Weights = weights,
        };
        OnnxDocument written = Rewritten(labels.Count);

        // Read back, so that a contract that breaks a rule is not written.
        return written.WithContract(ModelContract.Parse(contract.ToJson()));
    }

    private OnnxDocument Rewritten(int labels)
    {
        try
        {
            return new ForeignGraph(_document, _input, _output, _options, labels).Write();
        }
        catch (GraphException problem)
        {
            throw new OnnxModelException(Name, $"cannot be rewritten: {problem.Message}", problem);
        }
    }

    private void CheckOperators()
    {
        if (_document.Model.TrainingInfo.Count > 0)
            throw new OnnxModelException(Name, "holds a graph for training; expected one for inference only");
        if (_document.Model.Graph.Node.FirstOrDefault(node => Training.Contains(node.Domain)) is { } node)
            throw new OnnxModelException(Name, $"has the operator {node.Domain}.{node.OpType} ('{node.Name}'), which is for training; expected a model for inference only");

        long opset = _document.Model.OpsetImport.Where(import => import.Domain is "" or "ai.onnx").Select(import => import.Version).FirstOrDefault();
        if (opset < LeastOpset)
            throw new OnnxModelException(Name, $"is written in opset {opset}; expected {LeastOpset} or newer. Convert it with onnx.version_converter");
    }

    private void CheckPixels()
    {
        const int channels = EncoderShape.Channels;
        if (_options.Mean.Count != channels || _options.Std.Count != channels)
            throw new OnnxModelException(Name, $"needs {channels} numbers each in --mean and --std, found {_options.Mean.Count} and {_options.Std.Count}");
        if (!_options.Std.All(deviation => deviation > 0 && float.IsFinite(deviation)) || !_options.Mean.All(float.IsFinite))
            throw new OnnxModelException(Name, $"needs finite numbers in --mean and positive ones in --std, found [{string.Join(", ", _options.Mean)}] and [{string.Join(", ", _options.Std)}]");
    }
}
