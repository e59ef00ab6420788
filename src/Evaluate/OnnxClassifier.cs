using System.Text.Json;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Evaluate;

/// <summary>An ONNX model that obeys its contract.</summary>
internal sealed class OnnxClassifier : IClipClassifier
{
    // Enough views at a time to fill the cores of a small model; more would only take memory.
    private const int MostViewsAtATime = 8;

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

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => _model.Contract.Labels;

    /// <inheritdoc/>
    public ClipPreparation Preparation { get; }

    /// <summary>Opens a model file.</summary>
    /// <param name="file">The ONNX file.</param>
    /// <param name="threads">The threads one inference uses; 0 means all cores.</param>
    /// <exception cref="UsageException">It is no model, has no contract, or its contract cannot be obeyed.</exception>
    public static IClipClassifier Open(string file, int threads)
    {
        try
        {
            return new OnnxClassifier(OnnxModel.Open(file, new OnnxModelOptions { Threads = threads }));
        }
        catch (Exception problem) when (problem is OnnxModelException or ContractException)
        {
            throw new UsageException($"The model cannot be evaluated: {problem.Message}", problem);
        }
    }

    /// <inheritdoc/>
    public float[] Classify(ViewSet views, CancellationToken ct)
    {
        int viewBytes = views.Pixels.Length / views.Views;
        double[] sums = new double[Labels.Count];
        for (int first = 0; first < views.Views; first += MostViewsAtATime)
        {
            int count = Math.Min(MostViewsAtATime, views.Views - first);
            Predictions predictions = _model.Classify(views.Pixels.AsMemory(first * viewBytes, count * viewBytes), count, ct);
            for (int index = 0; index < predictions.Probabilities.Length; index++)
                sums[index % sums.Length] += predictions.Probabilities[index];
        }

        // A ranking of what is no number would look like an answer.
        return sums.All(double.IsFinite)
            ? [.. sums.Select(sum => (float)(sum / views.Views))]
            : throw new UsageException($"The model {_model.Name} answers with probabilities that are not finite; its weights are damaged or were trained to no end.");
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
