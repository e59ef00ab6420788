using Unreel.Onnx;
using Unreel.Video;

namespace Unreel.Serve.Models;

/// <summary>An open model. Safe for many threads; blocks the one that calls it.</summary>
public interface IClipClassifier : IDisposable
{
    /// <summary>The classes in order.</summary>
    IReadOnlyList<string> Labels { get; }

    /// <summary>Numbers of a clip's features; 0 where the model gives none.</summary>
    int Width { get; }

    /// <summary>How many clips the model takes at once, where it takes no other number; null where it takes any.</summary>
    int? Batch { get; }

    /// <summary>The execution provider, such as <c>CPUExecutionProvider</c>.</summary>
    string Provider { get; }

    /// <summary>How a video becomes the model's input.</summary>
    ClipPreparation Preparation { get; }

    /// <summary>Runs the model.</summary>
    /// <param name="clips">uint8 RGB, [<paramref name="count"/>, frames, row, column, 3] as <see cref="Preparation"/> says.</param>
    /// <param name="count">Clips, at least 1.</param>
    /// <param name="ct">Stops between two nodes of the graph.</param>
    /// <exception cref="Pipelines.UsageException">The run failed.</exception>
    Predictions Run(ReadOnlyMemory<byte> clips, int count, CancellationToken ct);
}
