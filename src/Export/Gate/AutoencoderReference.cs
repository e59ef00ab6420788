using System.Globalization;
using Unreel.Modeling;
using Unreel.Onnx;
using Unreel.Video;

namespace Unreel.Export;

/// <summary>A masked autoencoder as torch computes it, for graphs of its encoder and of its reconstructions.</summary>
internal sealed class AutoencoderReference : IReferenceNetwork
{
    private const string Norm = "encoder.norm";

    // As hard as pre-training has it, and enough to see.
    private const int SeenOf = 4;

    private readonly AutoencoderModel _autoencoder;
    private readonly VideoTransformerShape _shape;
    private readonly GraphKind _graph;
    private readonly int _decoder;
    private readonly string _keys;

    /// <summary>Takes a network over.</summary>
    /// <param name="autoencoder">The network.</param>
    /// <param name="graph">What was written.</param>
    /// <param name="keysLayer">The block whose keys the graph gives, or null.</param>
    /// <param name="decoder">The decoder that the graph has, from 0.</param>
    public AutoencoderReference(AutoencoderModel autoencoder, GraphKind graph, int? keysLayer, int decoder)
    {
        (_autoencoder, _shape, _graph, _decoder) = (autoencoder, autoencoder.Description.Shape, graph, decoder);
        _keys = string.Create(CultureInfo.InvariantCulture, $"encoder.blocks.{keysLayer}.attn.keys");
        Questions = new GraphQuestions(new InputGeometry(_shape.Frames, _shape.ImageSize, _shape.ImageSize)) with
        {
            Outputs = graph == GraphKind.Reconstruction ? new Dictionary<string, string>() : new Dictionary<string, string> { [Norm] = EncoderGraph.Tokens },
        };
        if (graph == GraphKind.Reconstruction)
            Questions = Questions with { Visible = SomeTokens(_shape.Tokens), Part = Hidden };
    }

    /// <inheritdoc/>
    public GraphQuestions Questions { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, float[]> Answer(byte[] clip)
    {
        if (_graph == GraphKind.Reconstruction)
            return Picture(clip);

        IReadOnlyDictionary<string, float[]> given = _autoencoder.Trace(clip, null, name => name is Norm || name == _keys);
        Dictionary<string, float[]> answers = new() { [ClassifierGraph.Features] = Mean(given[Norm]), [EncoderGraph.Tokens] = given[Norm] };
        if (_graph == GraphKind.Keys)
            answers.Add(EncoderGraph.Keys, given[_keys]);
        return answers;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, float[]> Trace(byte[] clip, Predicate<string> isWanted) =>
        _autoencoder.Trace(clip, Questions.Visible is { } visible ? [visible] : null, isWanted);

    /// <inheritdoc/>
    public void Dispose() => _autoencoder.Dispose();

    private static int[] SomeTokens(int tokens)
    {
        RandomStream random = new(0, "export visible", 0);
        int[] all = [.. Enumerable.Range(0, tokens)];
        int seen = Math.Max(1, tokens / SeenOf);
        for (int at = 0; at < seen; at++)
        {
            int other = at + random.NextInt(tokens - at);
            (all[at], all[other]) = (all[other], all[at]);
        }

        return [.. all.Take(seen).Order()];
    }

    private Dictionary<string, float[]> Picture(byte[] clip)
    {
        (float[] predicted, byte[] picture) = _autoencoder.Reconstruct(clip, [Questions.Visible!], _decoder);
        return new Dictionary<string, float[]> { [ReconstructionGraph.Predicted] = predicted, [ReconstructionGraph.Picture] = Array.ConvertAll(picture, value => (float)value) };
    }

    // The network predicts hidden tokens only, the graph all; what it says of others means nothing.
    private ReadOnlyMemory<float> Hidden(string output, ReadOnlyMemory<float> row)
    {
        if (output != ReconstructionGraph.Predicted)
            return row;

        int values = row.Length / _shape.Tokens;
        return Enumerable.Range(0, _shape.Tokens).Except(Questions.Visible!).SelectMany(token => row.Slice(token * values, values).ToArray()).ToArray();
    }

    private float[] Mean(float[] tokensND)
    {
        double[] sums = new double[_shape.Width];
        for (int at = 0; at < tokensND.Length; at++)
            sums[at % sums.Length] += tokensND[at];
        return Array.ConvertAll(sums, sum => (float)(sum / _shape.Tokens));
    }
}
