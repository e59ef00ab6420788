using System.Text.Json;
using Unreel.Video;

namespace Unreel.Synthesize;

/// <summary>Which videos a recipe describes.</summary>
public enum SynthesisKind
{
    /// <summary>Unlabelled videos, see <see cref="SynthesisPreset"/>.</summary>
    Videos,

    /// <summary>Videos labelled with their motion, see <see cref="MotionPreset"/>.</summary>
    Motions,
}

/// <summary>
/// A set of videos as the few numbers that decide every byte of it. As a file it is JSON: <c>format</c>, <c>kind</c>,
/// <c>name</c>, <c>seed</c>, <c>count</c> and the whole <c>preset</c>, so that it does not depend on presets shipped later.
/// </summary>
public sealed record SynthesisRecipe
{
    /// <summary>The <c>format</c> of recipes.</summary>
    public const string CurrentFormat = "unreel.synthesis.v1";

    /// <summary>The preset's name, for people.</summary>
    public required string Name { get; init; }

    /// <summary>What all random choices are derived from.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The number of videos, at least 1.</summary>
    public required int Count { get; init; }

    /// <summary>How unlabelled videos are drawn; null for labelled ones.</summary>
    public SynthesisPreset? Videos { get; init; }

    /// <summary>How labelled videos are drawn; null for unlabelled ones.</summary>
    public MotionPreset? Motions { get; init; }

    /// <summary>Which of the two it is.</summary>
    public SynthesisKind Kind => Motions is null ? SynthesisKind.Videos : SynthesisKind.Motions;

    /// <summary>Reads a recipe strictly: unknown, missing and duplicate properties are errors.</summary>
    /// <exception cref="VideoException">The recipe is not valid; the message names what is wrong.</exception>
    public static SynthesisRecipe Parse(JsonElement recipe)
    {
        try
        {
            Document document = recipe.Deserialize<Document>(SynthesisJson.Options) ?? throw new JsonException("expected an object, found null.");
            if (document.Format != CurrentFormat)
                throw new JsonException($"expected format '{CurrentFormat}', found '{document.Format}'.");

            return Checked(new SynthesisRecipe
            {
                Name = document.Name,
                Seed = document.Seed,
                Count = document.Count,
                Videos = document.Kind == SynthesisKind.Videos ? document.Preset.Deserialize<SynthesisPreset>(SynthesisJson.Options) : null,
                Motions = document.Kind == SynthesisKind.Motions ? document.Preset.Deserialize<MotionPreset>(SynthesisJson.Options) : null,
            });
        }
        catch (JsonException e)
        {
            throw new VideoException($"The synthesis recipe is not valid: {e.Message}", e);
        }
    }

    /// <summary>Writes the recipe; equal recipes give equal text.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        new Document
        {
            Format = CurrentFormat,
            Kind = Kind,
            Name = Name,
            Seed = Seed,
            Count = Count,
            Preset = Motions is null ? JsonSerializer.SerializeToElement(Videos, SynthesisJson.Options) : JsonSerializer.SerializeToElement(Motions, SynthesisJson.Options),
        },
        SynthesisJson.Options) + "\n";

    private static SynthesisRecipe Checked(SynthesisRecipe recipe)
    {
        if (recipe.Count < 1)
            throw new JsonException($"expected a count of at least 1, found {recipe.Count}.");

        object preset = (object?)recipe.Videos ?? recipe.Motions ?? throw new JsonException("expected a preset, found null.");
        List<string> failures = PresetRules.Check(preset);
        return failures.Count == 0 ? recipe : throw new JsonException(string.Join(' ', failures));
    }

    private sealed record Document
    {
        public required string Format { get; init; }

        public required SynthesisKind Kind { get; init; }

        public required string Name { get; init; }

        public required ulong Seed { get; init; }

        public required int Count { get; init; }

        public required JsonElement Preset { get; init; }
    }
}
