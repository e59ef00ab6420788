using System.Text.Json;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Serve.Models;

/// <summary>An ONNX model that obeys its contract.</summary>
internal sealed class OnnxClipClassifier : IClipClassifier
{
    private readonly OnnxModel _model;

    /// <summary>Takes over an open model.</summary>
    /// <exception cref="UsageException">Its contract prepares other clips than its graph takes.</exception>
    public OnnxClipClassifier(OnnxModel model)
    {
        try
        {
            Preparation = ReadPreparation(model);
        }
        catch
        {
            model.Dispose();
            throw;
        }

        _model = model;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => _model.Contract.Labels;

    /// <inheritdoc/>
    public ClipPreparation Preparation { get; }

    /// <inheritdoc/>
    public int Width => _model.Width;

    /// <inheritdoc/>
    public int? Batch => _model.Contract.Batch;

    /// <inheritdoc/>
    public string Provider => _model.Provider;

    /// <inheritdoc/>
    public Predictions Run(ReadOnlyMemory<byte> clips, int count, CancellationToken ct)
    {
        try
        {
            return _model.Classify(clips, count, ct);
        }
        catch (OnnxModelException problem)
        {
            throw new UsageException(problem.Message, problem);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private static ClipPreparation ReadPreparation(OnnxModel model)
    {
        ClipPreparation preparation;
        try
        {
            preparation = ClipPreparation.FromJson(JsonSerializer.SerializeToElement(model.Contract.Preparation));
        }
        catch (VideoException problem)
        {
            throw new UsageException($"The contract of {model.Name} cannot be obeyed: {problem.Message}", problem);
        }

        InputGeometry input = model.Contract.Input;
        return input == new InputGeometry(preparation.Frames, preparation.Size, preparation.Size)
            ? preparation
            : throw new UsageException($"The contract of {model.Name} contradicts itself: it prepares {preparation.Frames} frames of {preparation.Size} x {preparation.Size}, but the model takes {input}.");
    }
}
