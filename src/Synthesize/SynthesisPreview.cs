using Unreel.Video;

namespace Unreel.Synthesize;

/// <summary>A quick look at a preset: a contact sheet and a short film of its first videos.</summary>
/// <param name="ContactSheet">The PNG.</param>
/// <param name="Film">The MP4: up to four videos side by side.</param>
public sealed record SynthesisPreview(string ContactSheet, string Film)
{
    private const int LongestFilm = 100, LargestCell = 256;

    /// <summary>Draws both into a folder, which is made if it is not there.</summary>
    /// <param name="recipe">Whose videos.</param>
    /// <param name="folder">Where <c>NAME.png</c> and <c>NAME.mp4</c> go; files of these names are replaced.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="VideoException">The film cannot be written.</exception>
    public static SynthesisPreview Write(SynthesisRecipe recipe, string folder, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        using SynthesisSource source = new(recipe);
        SynthesisPreview preview = new(Path.Combine(folder, $"{recipe.Name}.png"), Path.Combine(folder, $"{recipe.Name}.mp4"));
        SynthesisSheet.Write(preview.ContactSheet, source, ct);
        WriteFilm(preview.Film, source, ct);
        return preview;
    }

    /// <summary>Writes the film: up to four videos side by side, at most 100 frames; equal videos give equal bytes.</summary>
    /// <exception cref="VideoException">The film cannot be written.</exception>
    internal static void WriteFilm(string path, SynthesisSource source, CancellationToken ct)
    {
        int across = source.Items.Count >= 4 ? 2 : 1, videos = across * across;
        int side = Math.Min(source.Size.Width, LargestCell) & ~1;
        int frames = Enumerable.Range(0, videos).Min(source.FrameCount);
        Clip canvas = new(1, new FrameSize(across * side, across * side));
        using VideoWriter writer = new(path, canvas.Size, source.FrameRate);
        for (int frame = 0; frame < Math.Min(frames, LongestFilm); frame++)
        {
            for (int video = 0; video < videos; video++)
                Place(source.Read(video, [frame], new FrameSize(side, side), ct), canvas, video % across * side, video / across * side);

            writer.Write(canvas.Pixels);
        }

        writer.Finish();
    }

    private static void Place(Clip picture, Clip canvas, int left, int top)
    {
        int line = picture.Size.Width * 3;
        for (int row = 0; row < picture.Size.Height; row++)
            picture.Pixels.AsSpan(row * line, line).CopyTo(canvas.Pixels.AsSpan((((top + row) * canvas.Size.Width) + left) * 3));
    }
}
