using Unreel.Onnx;
using Unreel.Serve.Models;
using Unreel.Video;

namespace Unreel.Serve.OpenInference;

/// <summary>What the server says of itself (<c>GET /v2</c>).</summary>
/// <param name="Name">The server's name.</param>
/// <param name="Version">The version of its code.</param>
/// <param name="Extensions">The extensions of the protocol that it knows.</param>
public sealed record ServerMetadata(string Name, string Version, IReadOnlyList<string> Extensions);

/// <summary>Whether a model answers (<c>GET /v2/models/{m}/ready</c>).</summary>
/// <param name="Name">The model.</param>
/// <param name="Ready">Whether it does.</param>
public sealed record ModelReadyState(string Name, bool Ready);

/// <summary>A tensor by name, type and shape; -1 stands for any extent.</summary>
/// <param name="Name">The tensor.</param>
/// <param name="Datatype">The type of its elements by the protocol's name, such as <c>UINT8</c>.</param>
/// <param name="Shape">Its extents.</param>
public sealed record TensorMetadata(string Name, string Datatype, IReadOnlyList<long> Shape);

/// <summary>What the server says of a model (<c>GET /v2/models/{m}</c>), by the model's contract.</summary>
/// <param name="Name">The model.</param>
/// <param name="Versions">The versions of that name there are.</param>
/// <param name="Platform">What runs it.</param>
/// <param name="Inputs">The tensors it takes.</param>
/// <param name="Outputs">The tensors it gives.</param>
public sealed record ModelMetadata(string Name, IReadOnlyList<string> Versions, string Platform, IReadOnlyList<TensorMetadata> Inputs, IReadOnlyList<TensorMetadata> Outputs)
{
    internal static ModelMetadata Of(ModelRegistry models, ModelHost host, IClipClassifier model)
    {
        string name = host.Choice.Name;
        string[] versions = [.. models.Hosts.Where(other => other.Choice.Name == name).Select(other => other.Choice.Version)];
        return new ModelMetadata(name, versions, "onnxruntime_onnx", [ModelTensors.Input(model)], ModelTensors.Outputs(model));
    }
}

/// <summary>The tensors of a model as the protocol sees them.</summary>
internal static class ModelTensors
{
    /// <summary>The type of the input.</summary>
    public const string Bytes = "UINT8";

    /// <summary>The type of the outputs.</summary>
    public const string Floats = "FP32";

    /// <summary>The one input: clips.</summary>
    public static TensorMetadata Input(IClipClassifier model)
    {
        ClipPreparation clip = model.Preparation;
        return new TensorMetadata(ClassifierGraph.Video, Bytes, [-1, clip.Frames, clip.Size, clip.Size, 3]);
    }

    /// <summary>The outputs there are.</summary>
    public static IReadOnlyList<TensorMetadata> Outputs(IClipClassifier model)
    {
        List<TensorMetadata> outputs =
        [
            new(ClassifierGraph.Logits, Floats, [-1, model.Labels.Count]),
            new(ClassifierGraph.Probabilities, Floats, [-1, model.Labels.Count]),
        ];
        if (model.Width > 0)
            outputs.Add(new TensorMetadata(ClassifierGraph.Features, Floats, [-1, model.Width]));

        return outputs;
    }
}
