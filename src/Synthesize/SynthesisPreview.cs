using Unreel.Video;

namespace Unreel.Synthesize;

/// <summary>A quick look at presets: a contact sheet and a short film.</summary>
/// <param name="ContactSheet">The PNG.</param>
/// <param name="Film">The MP4.</param>
public sealed record SynthesisPreview(string ContactSheet, string Film)
{
    /// <summary>The eight steps of the paper's progression, in order.</summary>
    public static IReadOnlyList<string> Progression { get; } =
    [
        "static-circles", "moving-circles", "moving-shapes", "moving-and-transforming-shapes", "accelerating-and-transforming-shapes",
        "accelerating-and-transforming-textures", "accelerating-and-transforming-stylegan-crops", "accelerating-and-transforming-image-crops",
    ];

    /// <summary>Draws both into a folder, which is made if it is not there. Textures are a few made for the purpose.</summary>
    /// <param name="recipes">Of one, its first videos are shown; of several, the first video of each.</param>
    /// <param name="name">What the files are called, without extension; files of these names are replaced.</param>
    /// <param name="folder">Where they go.</param>
    /// <param name="samples">What textures and real videos are made of.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="VideoException">Pictures or real videos are needed and not given, or cannot be read; or the film cannot be written.</exception>
    public static SynthesisPreview Write(IReadOnlyList<SynthesisRecipe> recipes, string name, string folder, SampleMaterial samples, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        SynthesisPreview preview = new(Path.Combine(folder, $"{name}.png"), Path.Combine(folder, $"{name}.mp4"));
        List<SynthesisSource> sources = [];
        try
        {
            foreach (SynthesisRecipe recipe in recipes)
                sources.Add(new SynthesisSource(recipe, samples.For(recipe, ct)));

            (SynthesisSource Source, int Video)[] shown = sources is [SynthesisSource only]
                ? [.. Enumerable.Range(0, SynthesisSheet.Rows(only)).Select(video => (only, video))]
                : [.. sources.Select(source => (source, 0))];
            SynthesisSheet.Write(preview.ContactSheet, shown, ct);
            SynthesisFilm.Write(preview.Film, sources.Count == 1 ? SynthesisFilm.First(sources[0]) : shown, ct);
            return preview;
        }
        finally
        {
            sources.ForEach(source => source.Dispose());
        }
    }
}
