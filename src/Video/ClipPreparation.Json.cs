using System.Text.Json;
using System.Text.Json.Nodes;

namespace Unreel.Video;

/// <content>Its form in the model's contract, and what it allows.</content>
public sealed partial record ClipPreparation
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerOptions.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        IgnoreReadOnlyProperties = true,
    };

    /// <summary>Every property under its name in snake case.</summary>
    public JsonObject ToJson()
    {
        Validate();
        return JsonSerializer.SerializeToNode(this with { ShortSide = ShortSide == 0 ? Size : ShortSide }, Strict)!.AsObject();
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote; unknown, duplicate, missing or wrong properties are errors.</summary>
    /// <exception cref="VideoException">The message names the property.</exception>
    public static ClipPreparation FromJson(JsonElement json)
    {
        ClipPreparation preparation;
        try
        {
            preparation = json.Deserialize<ClipPreparation>(Strict) ?? throw new VideoException("The preparation of videos is null, not an object.");
        }
        catch (JsonException error)
        {
            throw new VideoException($"The preparation of videos is not valid: {error.Message}", error);
        }

        preparation.Validate();
        return preparation;
    }

    /// <summary>Checks that this is a preparation that can be done.</summary>
    /// <exception cref="VideoException">The message names the property, what is allowed and what was found.</exception>
    public void Validate()
    {
        Range("frames", Frames, 1, 1024);
        Range("stride", Stride, 1, 1024);
        Range("size", Size, 8, 4096);
        Range("clips", Clips, 1, 64);
        Range("crops", Crops, 1, 16);
        if (ShortSide != 0)
            Range("short_side", ShortSide, Size, 16384);
        if ((long)Views * Frames * Size * Size * 3 > Array.MaxLength)
            throw new VideoException($"The preparation of videos is not valid: {Views} views of {Frames} frames of {Size}x{Size} are more than {Array.MaxLength} bytes.");
        OneOf("sampling", Sampling, StrideSampling, SegmentSampling);
        OneOf("interpolation", Interpolation, Bilinear);
        OneOf("color", Color, TaggedColor);
    }

    private static void Range(string name, int value, int least, int most)
    {
        if (value < least || value > most)
            throw new VideoException($"The preparation of videos is not valid: {name} is {value}, not {least} to {most}.");
    }

    private static void OneOf(string name, string value, params string[] known)
    {
        if (!known.Contains(value))
            throw new VideoException($"The preparation of videos is not valid: {name} is \"{value}\", not {string.Join(" or ", known.Select(static word => $"\"{word}\""))}.");
    }
}
