using Unreel.Video;

namespace Unreel.Evaluate;

/// <summary>A model under evaluation: from the views of one clip to class probabilities.</summary>
internal interface IClipClassifier : IDisposable
{
    /// <summary>The classes in order.</summary>
    IReadOnlyList<string> Labels { get; }

    /// <summary>How a clip becomes the model's input.</summary>
    ClipPreparation Preparation { get; }

    /// <summary>Classifies one clip: its views' probabilities averaged.</summary>
    float[] Classify(ViewSet views, CancellationToken ct);
}
