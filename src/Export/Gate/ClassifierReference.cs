using System.Numerics.Tensors;
using Unreel.Modeling;
using Unreel.Onnx;

namespace Unreel.Export;

/// <summary>A classifier as torch computes it.</summary>
internal sealed class ClassifierReference(ClassifierModel classifier) : IReferenceNetwork
{
    private const string Norm = "fc_norm";
    private const string Head = "head";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, float[]> Answer(byte[] clip)
    {
        IReadOnlyDictionary<string, float[]> given = classifier.Trace(clip, 1, static name => name is Norm or Head);
        float[] probabilities = new float[given[Head].Length];
        TensorPrimitives.SoftMax(given[Head], probabilities);
        return new Dictionary<string, float[]>
        {
            [ClassifierGraph.Logits] = given[Head],
            [ClassifierGraph.Probabilities] = probabilities,
            [ClassifierGraph.Features] = given[Norm],
        };
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, float[]> Trace(byte[] clip, Predicate<string> isWanted) => classifier.Trace(clip, 1, isWanted);

    /// <inheritdoc/>
    public IReadOnlyList<NamedTensor> InputsOf(ReadOnlyMemory<byte> clips, int count) =>
        [NamedTensor.Video(new InputGeometry(classifier.Shape.Frames, classifier.Shape.ImageSize, classifier.Shape.ImageSize), clips, count)];

    /// <inheritdoc/>
    public void Dispose() => classifier.Dispose();
}
