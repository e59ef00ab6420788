namespace Unreel.Onnx;

/// <summary>What a model made elsewhere gives in its one output.</summary>
public enum ForeignAnswer
{
    /// <summary>Numbers before softmax.</summary>
    Logits,

    /// <summary>Numbers after softmax.</summary>
    Probabilities,
}

/// <summary>What a model made elsewhere does not say of itself. What is null is read from the model, which must then be unambiguous.</summary>
public sealed record ForeignOptions
{
    /// <summary>ImageNet's mean of red, green and blue.</summary>
    public static IReadOnlyList<float> ImageNetMean { get; } = [0.485f, 0.456f, 0.406f];

    /// <summary>ImageNet's standard deviation of red, green and blue.</summary>
    public static IReadOnlyList<float> ImageNetStd { get; } = [0.229f, 0.224f, 0.225f];

    /// <summary>Name of the input that takes the video.</summary>
    public string? Input { get; init; }

    /// <summary>Name of the output that holds the classes.</summary>
    public string? Output { get; init; }

    /// <summary>Order of the input's extents: the letters b (batch), t (frames), c (channels), h (rows), w (columns), such as <c>bcthw</c>; the batch first.</summary>
    public string? Layout { get; init; }

    /// <summary>Frames of a clip.</summary>
    public int? Frames { get; init; }

    /// <summary>Rows and columns of a frame.</summary>
    public int? Size { get; init; }

    /// <summary>Clips at once, where the model takes no other number although its input says so.</summary>
    public int? Batch { get; init; }

    /// <summary>What white is before mean and deviation are applied: 1 (default) or 255.</summary>
    public float White { get; init; } = 1;

    /// <summary>What is subtracted from red, green and blue. Default ImageNet's mean.</summary>
    public IReadOnlyList<float> Mean { get; init; } = ImageNetMean;

    /// <summary>What red, green and blue are divided by then. Default ImageNet's standard deviation.</summary>
    public IReadOnlyList<float> Std { get; init; } = ImageNetStd;

    /// <summary>Whether the channels are blue, green, red. Default false.</summary>
    public bool IsBgr { get; init; }

    /// <summary>What the output holds; null to tell from the graph: probabilities where it ends in Softmax, else logits.</summary>
    public ForeignAnswer? Gives { get; init; }
}
