using System.Text.Json.Serialization;

namespace Unreel.Onnx;

/// <summary>What a model's graph computes.</summary>
public enum GraphKind
{
    /// <summary>Logits, probabilities and features of a clip.</summary>
    [JsonStringEnumMemberName("classifier")]
    Classifier,

    /// <summary>Features of a clip and of each of its tokens.</summary>
    [JsonStringEnumMemberName("encoder")]
    Encoder,

    /// <summary>An encoder that also gives the attention keys of one block.</summary>
    [JsonStringEnumMemberName("keys")]
    Keys,

    /// <summary>What a masked autoencoder predicts from some of a clip's tokens, as values and as a picture.</summary>
    [JsonStringEnumMemberName("reconstruction")]
    Reconstruction,
}
