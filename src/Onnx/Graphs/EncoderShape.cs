namespace Unreel.Onnx;

/// <summary>The sizes of a video encoder. Defaults are VideoMAE's ViT-S on 16 frames of 224 x 224.</summary>
public record EncoderShape
{
    /// <summary>Channels of a frame: red, green, blue.</summary>
    public const int Channels = 3;

    /// <summary>Frames of a clip. Default 16.</summary>
    public int Frames { get; init; } = 16;

    /// <summary>Rows and columns of a frame. Default 224.</summary>
    public int Size { get; init; } = 224;

    /// <summary>Frames of a cube. Default 2.</summary>
    public int Tubelet { get; init; } = 2;

    /// <summary>Rows and columns of a cube. Default 16.</summary>
    public int Patch { get; init; } = 16;

    /// <summary>Numbers of a token. Default 384.</summary>
    public int Width { get; init; } = 384;

    /// <summary>Blocks. Default 12.</summary>
    public int Depth { get; init; } = 12;

    /// <summary>Attention heads. Default 6.</summary>
    public int Heads { get; init; } = 6;

    /// <summary>Hidden numbers of a block's MLP. Default four times <see cref="Width"/>.</summary>
    public int Hidden
    {
        get => field > 0 ? field : 4 * Width;
        init;
    }

    /// <summary>Mean of each channel in 0..1. Default ImageNet's.</summary>
    public IReadOnlyList<float> Mean { get; init; } = [0.485f, 0.456f, 0.406f];

    /// <summary>Standard deviation of each channel in 0..1. Default ImageNet's.</summary>
    public IReadOnlyList<float> Std { get; init; } = [0.229f, 0.224f, 0.225f];

    /// <summary>Whether each pixel's mean over the frames is subtracted before scaling. Default false.</summary>
    public bool CentreOverTime { get; init; }

    /// <summary>Added to the variance in every LayerNorm. Default 1e-6.</summary>
    public float Epsilon { get; init; } = 1e-6f;

    /// <summary>Cubes along time.</summary>
    public int Slots => Frames / Tubelet;

    /// <summary>Cubes along a side of a frame.</summary>
    public int Side => Size / Patch;

    /// <summary>Tokens of a clip.</summary>
    public int Tokens => Slots * Side * Side;

    /// <summary>Numbers in a cube.</summary>
    public int CubeValues => Tubelet * Patch * Patch * Channels;

    /// <summary>The sizes of each block.</summary>
    public BlockShape Block => new(Width, Heads, Hidden, Epsilon);

    /// <summary>Checks that the sizes fit each other.</summary>
    /// <exception cref="ArgumentException">They do not; the message says which.</exception>
    public virtual void Validate()
    {
        Require(new[] { Frames, Size, Tubelet, Patch, Width, Depth, Heads, Hidden }.Min() > 0, "every size must be positive");
        Require(Frames % Tubelet == 0, $"frames {Frames} must be a multiple of tubelet {Tubelet}");
        Require(Size % Patch == 0, $"size {Size} must be a multiple of patch {Patch}");
        Require(Width % Heads == 0, $"width {Width} must be a multiple of heads {Heads}");
        Require(Mean.Count == Channels && Std.Count == Channels, $"mean and std need {Channels} values each, found {Mean.Count} and {Std.Count}");
        Require(Std.All(deviation => deviation > 0), $"std must be positive, found [{string.Join(", ", Std)}]");
        Require(Epsilon > 0, $"epsilon must be positive, found {Epsilon}");
    }

    /// <summary>Refuses sizes that break a rule.</summary>
    /// <exception cref="ArgumentException">They do.</exception>
    protected void Require(bool holds, string rule)
    {
        if (!holds)
            throw new ArgumentException($"{GetType().Name}: {rule}");
    }
}

/// <summary>The sizes of a transformer block.</summary>
/// <param name="Width">Numbers of a token.</param>
/// <param name="Heads">Attention heads; divides the width.</param>
/// <param name="Hidden">Hidden numbers of the MLP.</param>
/// <param name="Epsilon">Added to the variance in a LayerNorm.</param>
public readonly record struct BlockShape(int Width, int Heads, int Hidden, float Epsilon);
