using Unreel.Onnx;

namespace Unreel.Export;

/// <summary>A graph ready to run.</summary>
internal interface IGraphSession : IDisposable
{
    /// <summary>Runs the graph.</summary>
    /// <param name="inputs">All that it takes.</param>
    /// <param name="outputs">Names of the outputs wanted.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="OnnxModelException">It failed.</exception>
    IReadOnlyDictionary<string, FloatTensor> Run(IReadOnlyList<NamedTensor> inputs, IReadOnlyList<string> outputs, CancellationToken ct);
}

/// <summary>Opens the graph that is compared.</summary>
/// <param name="options">Where and how it is to run.</param>
/// <exception cref="OnnxModelException">It cannot be loaded so.</exception>
internal delegate IGraphSession OpenGraph(OnnxModelOptions options);

/// <summary>The graph of a file, in ONNX Runtime.</summary>
/// <param name="file">The model's file.</param>
/// <param name="options">Where and how it is to run.</param>
internal sealed class FileSession(string file, OnnxModelOptions options) : IGraphSession
{
    private readonly TensorSession _session = TensorSession.Open(file, options);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, FloatTensor> Run(IReadOnlyList<NamedTensor> inputs, IReadOnlyList<string> outputs, CancellationToken ct) =>
        _session.Run(inputs, outputs, ct);

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
}
