using Unreel.Video;

namespace Unreel.Synthesize;

/// <summary>A short film of several videos side by side.</summary>
internal static class SynthesisFilm
{
    private const int LongestFilm = 100, LargestCell = 256;

    /// <summary>The first videos of a set: four, or the first alone.</summary>
    public static (SynthesisSource Source, int Video)[] First(SynthesisSource source) =>
        [.. Enumerable.Range(0, source.Items.Count >= 4 ? 4 : 1).Select(video => (source, video))];

    /// <summary>Writes the film, at most 100 frames long; equal videos give equal bytes.</summary>
    /// <exception cref="VideoException">The film cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<(SynthesisSource Source, int Video)> videos, CancellationToken ct)
    {
        int across = (int)Math.Ceiling(Math.Sqrt(videos.Count)), down = (videos.Count + across - 1) / across;
        int side = Math.Min(videos[0].Source.Size.Width, LargestCell) & ~1;
        int frames = Math.Min(LongestFilm, videos.Min(one => one.Source.FrameCount(one.Video)));
        Clip canvas = new(1, new FrameSize(across * side, down * side));
        using VideoWriter writer = new(path, canvas.Size, videos[0].Source.FrameRate);
        for (int frame = 0; frame < frames; frame++)
        {
            for (int i = 0; i < videos.Count; i++)
                Place(videos[i].Source.Read(videos[i].Video, [frame], new FrameSize(side, side), ct), canvas, i % across * side, i / across * side);

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
