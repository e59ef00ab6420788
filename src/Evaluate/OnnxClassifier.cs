using System.Text.Json;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Evaluate;

/// <summary>An ONNX model that obeys its contract.</summary>
internal sealed class OnnxClassifier : IDisposable
{
    private readonly OnnxModel _model;

    private OnnxClassifier(OnnxModel model)
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

    /// <summary>The classes in order.</summary>
    public IReadOnlyList<string> Labels => _model.Contract.Labels;

    /// <summary>How a clip becomes the model's input.</summary>
    public ClipPreparation Preparation { get; }

    /// <summary>Opens a model file.</summary>
    /// <param name="file">The ONNX file.</param>
    /// <param name="threads">The threads one inference uses; 0 means all cores.</param>
    /// <param name="device">Where inference runs, as <see cref="EvaluateOptions.Device"/>.</param>
    /// <exception cref="UsageException">It is no model, has no contract, or its contract cannot be obeyed.</exception>
    public static OnnxClassifier Open(string file, int threads, string device)
    {
        try
        {
            return new OnnxClassifier(OnnxModel.Open(file, new OnnxModelOptions { Threads = threads }.On(device)));
        }
        catch (Exception problem) when (problem is OnnxModelException or ContractException or FormatException)
        {
            throw new UsageException($"The model cannot be evaluated: {problem.Message}", problem);
        }
    }

    /// <summary>Classifies one clip: its views' probabilities averaged.</summary>
    /// <exception cref="UsageException">The model answers with what is no number, or fails.</exception>
    public float[] Classify(ViewSet views, CancellationToken ct)
    {
        try
        {
            return _model.Average(views.Pixels, views.Views, ct);
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
