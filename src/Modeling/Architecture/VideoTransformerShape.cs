using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Unreel.Modeling;

/// <summary>
/// Every size of a masked video autoencoder and of the classifier that shares its encoder
/// (Tong et al., "VideoMAE", 2022; Wang et al., "VideoMAE V2", 2023).
/// </summary>
/// <remarks>A clip is cut into cubes of tubelet x patch x patch pixels; each cube is a token, numbered (slot, row, column).</remarks>
public sealed record VideoTransformerShape
{
    /// <summary>Frames of a clip. Default 16.</summary>
    [Range(1, 4096)]
    public int Frames { get; init; } = 16;

    /// <summary>Side of the square frames, in pixels. Default 224.</summary>
    [Range(1, 4096)]
    public int ImageSize { get; init; } = 224;

    /// <summary>Frames of a cube. Default 2.</summary>
    [Range(1, 64)]
    public int TubeletSize { get; init; } = 2;

    /// <summary>Side of a cube, in pixels. Default 16.</summary>
    [Range(1, 512)]
    public int PatchSize { get; init; } = 16;

    /// <summary>Width of the encoder's tokens.</summary>
    [Range(1, 65536)]
    public required int Width { get; init; }

    /// <summary>Blocks of the encoder.</summary>
    [Range(1, 1024)]
    public required int Depth { get; init; }

    /// <summary>Attention heads of the encoder; divides the width.</summary>
    [Range(1, 1024)]
    public required int Heads { get; init; }

    /// <summary>Hidden width of the encoder's MLPs.</summary>
    [Range(1, 262144)]
    public required int MlpWidth { get; init; }

    /// <summary>Width of the decoder's tokens; its MLPs are four times as wide.</summary>
    [Range(1, 65536)]
    public required int DecoderWidth { get; init; }

    /// <summary>Blocks of the decoder.</summary>
    [Range(1, 1024)]
    public required int DecoderDepth { get; init; }

    /// <summary>Attention heads of the decoder; divides its width.</summary>
    [Range(1, 1024)]
    public required int DecoderHeads { get; init; }

    /// <summary>Cubes along time.</summary>
    [JsonIgnore]
    public int Slots => Frames / TubeletSize;

    /// <summary>Cubes along a side of a frame.</summary>
    [JsonIgnore]
    public int GridSide => ImageSize / PatchSize;

    /// <summary>Tokens of one slot.</summary>
    [JsonIgnore]
    public int SlotTokens => GridSide * GridSide;

    /// <summary>Tokens of a clip.</summary>
    [JsonIgnore]
    public int Tokens => Slots * SlotTokens;

    /// <summary>Numbers in a cube: tubelet x patch x patch x 3.</summary>
    [JsonIgnore]
    public int CubeValues => TubeletSize * PatchSize * PatchSize * 3;

    /// <summary>Bytes of a clip: frames x side x side x 3.</summary>
    [JsonIgnore]
    public int ClipBytes => checked(Frames * ImageSize * ImageSize * 3);

    private static JsonSerializerOptions Json { get; } = new(JsonSerializerOptions.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    /// <summary>Checks ranges and divisibility.</summary>
    /// <param name="name">What to call the shape in the error.</param>
    /// <returns>This shape.</returns>
    /// <exception cref="ModelException">Names everything that is wrong.</exception>
    public VideoTransformerShape Checked(string name)
    {
        var failures = new List<ValidationResult>();
        Validator.TryValidateObject(this, new ValidationContext(this), failures, validateAllProperties: true);
        List<string> problems = [.. failures.Select(failure => failure.ErrorMessage!)];
        if (problems.Count == 0)
        {
            Divides(problems, "frames", Frames, "tubelet_size", TubeletSize);
            Divides(problems, "image_size", ImageSize, "patch_size", PatchSize);
            Divides(problems, "width", Width, "heads", Heads);
            Divides(problems, "decoder_width", DecoderWidth, "decoder_heads", DecoderHeads);
        }

        return problems.Count == 0 ? this : throw new ModelException($"{name}: {string.Join(" ", problems)}");
    }

    /// <summary>The shape as JSON, keys in snake_case.</summary>
    public JsonElement ToJson() => JsonSerializer.SerializeToElement(this, Json);

    /// <summary>Reads what <see cref="ToJson"/> wrote; unknown, duplicate and missing keys are errors.</summary>
    /// <param name="json">The object.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <exception cref="ModelException">The object is not a shape.</exception>
    public static VideoTransformerShape FromJson(JsonElement json, string name)
    {
        try
        {
            return json.Deserialize<VideoTransformerShape>(Json)!.Checked(name);
        }
        catch (JsonException error)
        {
            throw new ModelException($"{name}: {error.Message}", error);
        }
    }

    private static void Divides(List<string> problems, string whole, int wholeValue, string part, int partValue)
    {
        if (wholeValue % partValue != 0)
            problems.Add($"{whole} ({wholeValue}) must be a multiple of {part} ({partValue}).");
    }
}
