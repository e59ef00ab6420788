using Unreel.Onnx;
using Unreel.Pipelines;

namespace Unreel.Serve.Models;

/// <summary>Holds a model against the clip that it brings along, and what it said of that clip when it was made.</summary>
internal static class SelfTest
{
    /// <summary>Runs the clip.</summary>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="UsageException">The model answers otherwise, or the clip cannot be read.</exception>
    public static async Task<bool> RunAsync(ServedModel model, CancellationToken ct)
    {
        GoldenClip? golden = Read(model.Source);
        if (golden is null)
            return false;

        InferenceResult found = await model.InferAsync(golden.Clip, 1, ct);
        return golden.Objection(found.Predictions) is { } objection
            ? throw new UsageException($"The model {model.Source.Reference} does not pass its self-test on {model.Classifier.Provider}: {objection}.")
            : true;
    }

    private static GoldenClip? Read(ModelFile file)
    {
        try
        {
            return GoldenClip.Read(file.File);
        }
        catch (Exception problem) when (problem is OnnxModelException or ContractException)
        {
            throw new UsageException($"The clip that the model {file.Reference} is tested with cannot be used: {problem.Message}", problem);
        }
    }
}
