using Unreel.Video;

namespace Unreel.Serve.Models;

/// <summary>A model that turns the views of one video into class probabilities. Safe for many threads.</summary>
public interface IClipClassifier : IDisposable
{
    /// <summary>The classes in order.</summary>
    IReadOnlyList<string> Labels { get; }

    /// <summary>How a video becomes the model's input.</summary>
    ClipPreparation Preparation { get; }

    /// <summary>Classifies one video: its views' probabilities averaged, one value a class, summing to 1.</summary>
    float[] Classify(ViewSet views, CancellationToken ct);
}
