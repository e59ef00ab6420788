using Unreel.Video;

namespace Unreel.Synthesize.Textures;

/// <summary>Textures that are pictures in files, squeezed into a square as the paper's are.</summary>
/// <param name="files">The file of each texture.</param>
/// <param name="side">Texels a side.</param>
internal sealed class PicturePainter(IReadOnlyList<string> files, int side) : TexturePainter
{
    /// <summary>Chooses files at random: the same for the same seed, without repeats.</summary>
    /// <exception cref="VideoException">There are fewer than asked for.</exception>
    public static IReadOnlyList<string> Choose(string folder, int? count, ulong seed)
    {
        string[] files = [.. PictureFiles.Find(folder)];
        if (count > files.Length)
            throw new VideoException($"{folder}: holds {files.Length} pictures; expected at least {count}, the count asked for.");

        RandomStream random = new(seed, "textures.pictures", 0);
        random.Shuffle(files.AsSpan());
        return files[..(count ?? files.Length)];
    }

    /// <inheritdoc/>
    public override void Draw(ulong seed, int index, Span<byte> pixels) =>
        PictureFiles.Read(files[index], new FrameSize(side, side), CancellationToken.None).Pixels.CopyTo(pixels);
}
