namespace Unreel.Serve.Models;

/// <summary>Opens model files for inference.</summary>
public interface IModelLoader
{
    /// <summary>Opens a model and checks it against its contract.</summary>
    /// <exception cref="Pipelines.UsageException">The file is no model, or has no contract.</exception>
    IClipClassifier Load(ModelFile file);
}
