using Unreel.Onnx;

namespace Unreel.Export;

/// <summary>The network that a graph was written from, as torch computes it.</summary>
internal interface IReferenceNetwork : IDisposable
{
    /// <summary>How the graph of this network is asked; of use when the network is gone, too.</summary>
    GraphQuestions Questions { get; }

    /// <summary>What the graph should give for a clip: a row for each output.</summary>
    IReadOnlyDictionary<string, float[]> Answer(byte[] clip);

    /// <summary>What chosen modules give for a clip, by the module's name.</summary>
    IReadOnlyDictionary<string, float[]> Trace(byte[] clip, Predicate<string> isWanted);
}

/// <summary>How a graph is asked, and which of its values is which of the network's.</summary>
/// <param name="Input">Frames, rows and columns.</param>
internal sealed record GraphQuestions(InputGeometry Input)
{
    /// <summary>The tokens that an autoencoder sees, the same ones of each clip; null where all are seen.</summary>
    public int[]? Visible { get; init; }

    /// <summary>Modules whose values are outputs of the graph and go by the output's name there.</summary>
    public IReadOnlyDictionary<string, string> Outputs { get; init; } = new Dictionary<string, string>();

    /// <summary>What is compared of an output's row; null for all of it.</summary>
    public Func<string, ReadOnlyMemory<float>, ReadOnlyMemory<float>>? Part { get; init; }

    /// <summary>What the graph takes for a batch of clips.</summary>
    public IReadOnlyList<NamedTensor> InputsOf(ReadOnlyMemory<byte> clips, int count)
    {
        NamedTensor video = NamedTensor.Video(Input, clips, count);
        return Visible is { } visible
            ? [video, NamedTensor.Integers(ReconstructionGraph.Visible, [count, visible.Length], [.. Enumerable.Repeat(visible, count).SelectMany(static tokens => tokens).Select(static token => (long)token)])]
            : [video];
    }
}
