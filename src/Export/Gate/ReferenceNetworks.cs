using Unreel.Modeling;
using Unreel.Onnx;
using ModelDescription = Unreel.Modeling.ModelDescription;

namespace Unreel.Export;

/// <summary>Loads the networks that graphs were written from.</summary>
internal static class ReferenceNetworks
{
    /// <summary>Loads the network of a folder into torch.</summary>
    /// <param name="folder">Holds <c>model.safetensors</c> and <c>model.json</c>.</param>
    /// <param name="description">What the folder holds.</param>
    /// <param name="contract">What was written.</param>
    /// <param name="geometry">Other frames and sizes than those it was trained on, for a classifier; null for those.</param>
    /// <param name="threads">The threads to compute with; 0 means one for each core.</param>
    /// <exception cref="ModelException">The folder does not hold what it says.</exception>
    public static IReferenceNetwork Load(string folder, ModelDescription description, ModelContract contract, InputGeometry? geometry, int threads)
    {
        TorchOptions torch = new() { Device = "cpu", Threads = threads };
        if (description.Kind == ModelKind.Classifier)
            return new ClassifierReference(ClassifierModel.Load(folder, torch, geometry?.Frames, geometry?.Height), contract.Graph, contract.KeysLayer);

        int decoder = contract.Graph == GraphKind.Reconstruction ? NetworkShapes.Drawable(folder, description).Index : 0;
        return new AutoencoderReference(AutoencoderModel.Load(folder, torch), contract.Graph, contract.KeysLayer, decoder);
    }
}
