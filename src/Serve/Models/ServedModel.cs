using Unreel.Artifacts;

namespace Unreel.Serve.Models;

/// <summary>Where a model lies on this machine and what it is.</summary>
/// <param name="Reference">The model as the user named it.</param>
/// <param name="Digest">The artifact's digest, or that of the file where it is no artifact.</param>
/// <param name="File">The ONNX file.</param>
public sealed record ModelFile(string Reference, Digest Digest, string File);

/// <summary>A model that is loaded and has passed its warm-up.</summary>
/// <param name="Source">Where it came from.</param>
/// <param name="Classifier">The session.</param>
public sealed record ServedModel(ModelFile Source, IClipClassifier Classifier);
