namespace Unreel.Synthesize.Tests;

/// <summary>The shipped presets, and canvases small enough for slow checks.</summary>
internal static class TestPresets
{
    public static TheoryData<string> Names => [.. PresetLibrary.Names(SynthesisKind.Videos)];

    public static SynthesisRecipe Videos(string name, ulong seed = 1, int count = 1000, int? size = null)
    {
        SynthesisPreset preset = PresetLibrary.ReadVideos(name);
        return new SynthesisRecipe { Name = name, Seed = seed, Count = count, Videos = preset with { Size = size ?? preset.Size } };
    }

    public static SynthesisRecipe Motions(ulong seed = 1, int count = 1000, int size = 64) => new()
    {
        Name = "motions",
        Seed = seed,
        Count = count,
        Motions = new MotionPreset { Size = size, Motions = Enum.GetValues<SynthesisMotion>() },
    };
}
