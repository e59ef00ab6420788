namespace Unreel.Artifacts;

/// <summary>What an artifact holds; the first part of every reference.</summary>
public enum ArtifactKind
{
    /// <summary>Videos, or the recipe that draws them.</summary>
    Clips,

    /// <summary>Images that videos are textured with.</summary>
    Textures,

    /// <summary>Network parameters: an encoder or a classifier.</summary>
    Weights,

    /// <summary>An ONNX model with its contract.</summary>
    Onnx,

    /// <summary>Measurements: accuracy, parity, robustness.</summary>
    Report,

    /// <summary>Labels given to a folder of videos.</summary>
    Scores,
}
