using System.Globalization;
using System.Numerics.Tensors;
using Unreel.Modeling;
using Unreel.Onnx;

namespace Unreel.Export;

/// <summary>A classifier as torch computes it, for graphs of the whole of it and of its encoder.</summary>
/// <param name="classifier">The network.</param>
/// <param name="graph">What was written.</param>
/// <param name="keysLayer">The block whose keys the graph gives, or null.</param>
internal sealed class ClassifierReference(ClassifierModel classifier, GraphKind graph, int? keysLayer) : IReferenceNetwork
{
    private const string Norm = "fc_norm";
    private const string Head = "head";

    private readonly string _lastBlock = string.Create(CultureInfo.InvariantCulture, $"blocks.{classifier.Shape.Depth - 1}");
    private readonly string _keys = string.Create(CultureInfo.InvariantCulture, $"blocks.{keysLayer}.attn.keys");

    /// <inheritdoc/>
    public GraphQuestions Questions { get; } = new(new InputGeometry(classifier.Shape.Frames, classifier.Shape.ImageSize, classifier.Shape.ImageSize))
    {
        Outputs = graph == GraphKind.Classifier
            ? new Dictionary<string, string> { [Norm] = ClassifierGraph.Features, [Head] = ClassifierGraph.Logits }
            : new Dictionary<string, string>
            {
                [Norm] = ClassifierGraph.Features,
                [string.Create(CultureInfo.InvariantCulture, $"blocks.{classifier.Shape.Depth - 1}")] = EncoderGraph.Tokens,
            },
    };

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, float[]> Answer(byte[] clip)
    {
        if (graph == GraphKind.Classifier)
            return Classes(classifier.Trace(clip, 1, static name => name is Norm or Head));

        IReadOnlyDictionary<string, float[]> given = classifier.Trace(clip, 1, name => name is Norm || name == _lastBlock || name == _keys);
        Dictionary<string, float[]> answers = new() { [ClassifierGraph.Features] = given[Norm], [EncoderGraph.Tokens] = given[_lastBlock] };
        if (graph == GraphKind.Keys)
            answers.Add(EncoderGraph.Keys, given[_keys]);
        return answers;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, float[]> Trace(byte[] clip, Predicate<string> isWanted) => classifier.Trace(clip, 1, isWanted);

    /// <inheritdoc/>
    public void Dispose() => classifier.Dispose();

    private static Dictionary<string, float[]> Classes(IReadOnlyDictionary<string, float[]> given)
    {
        float[] probabilities = new float[given[Head].Length];
        TensorPrimitives.SoftMax(given[Head], probabilities);
        return new Dictionary<string, float[]>
        {
            [ClassifierGraph.Logits] = given[Head],
            [ClassifierGraph.Probabilities] = probabilities,
            [ClassifierGraph.Features] = given[Norm],
        };
    }
}
