using Unreel.Onnx;
using Unreel.Pipelines;

namespace Unreel.Serve.Models;

/// <summary>Opens model files with ONNX Runtime.</summary>
/// <param name="threads">The threads one inference uses; 0 means all cores.</param>
internal sealed class OnnxModelLoader(int threads) : IModelLoader
{
    /// <inheritdoc/>
    public IClipClassifier Load(ModelFile file)
    {
        try
        {
            return new OnnxClipClassifier(OnnxModel.Open(file.File, new OnnxModelOptions { Threads = threads }));
        }
        catch (Exception problem) when (problem is OnnxModelException or ContractException)
        {
            throw new UsageException($"The model {file.Reference} cannot be used: {problem.Message}", problem);
        }
    }
}
