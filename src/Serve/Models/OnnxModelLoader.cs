using Unreel.Onnx;
using Unreel.Pipelines;

namespace Unreel.Serve.Models;

/// <summary>Opens model files with ONNX Runtime.</summary>
/// <param name="options">How they run.</param>
/// <param name="notice">Told where a model runs on another device than was asked for.</param>
internal sealed class OnnxModelLoader(OnnxModelOptions options, Action<string> notice) : IModelLoader
{
    /// <inheritdoc/>
    public IClipClassifier Load(ModelFile file)
    {
        try
        {
            OnnxModel model = OnnxModel.Open(file.File, options);
            if (model.Notice is { } why)
                notice($"The model {file.Reference} {why}");
            return new OnnxClipClassifier(model);
        }
        catch (Exception problem) when (problem is OnnxModelException or ContractException)
        {
            throw new UsageException($"The model {file.Reference} cannot be used: {problem.Message}", problem);
        }
    }

    /// <summary>The options that threads and device's name stand for.</summary>
    /// <exception cref="UsageException">There is no such device.</exception>
    public static OnnxModelOptions OptionsOf(int threads, string device)
    {
        try
        {
            return new OnnxModelOptions { Threads = threads }.On(device);
        }
        catch (FormatException problem)
        {
            throw new UsageException(problem.Message, problem);
        }
    }
}
