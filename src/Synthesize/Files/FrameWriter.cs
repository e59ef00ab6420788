using System.Globalization;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Synthesize.Files;

/// <summary>
/// A folder of PNG files for every video, <c>img_00001.png</c> and on: lossless, so a frame's pixels are exactly those that
/// the recipe draws, and numbered from 1 as readers of frame folders expect.
/// </summary>
internal sealed class FrameWriter(SynthesisSource source, string folder) : SetWriter(source, folder)
{
    /// <inheritdoc/>
    public override string Form => "folders of frames";

    /// <inheritdoc/>
    protected override IEnumerable<int> Missing(StageShard part) => part.Of(Units).Where(index => !Directory.Exists(PathOf(index)));

    /// <inheritdoc/>
    protected override void Write(int index, CancellationToken ct)
    {
        string whole = PathOf(index), part = whole + ".part";
        try
        {
            Directory.CreateDirectory(part);
            Draw(index, (frame, pixels) => Png.Write(Path.Combine(part, NameOf(frame)), pixels, Source.Size), ct);
            Directory.Move(part, whole);
        }
        finally
        {
            if (Directory.Exists(part))
                Directory.Delete(part, recursive: true);
        }
    }

    /// <inheritdoc/>
    protected override IEnumerable<string> Names() => Enumerable.Range(0, Source.Items.Count).Select(StemOf);

    /// <inheritdoc/>
    protected override IEnumerable<StageFile> FilesOf(int unit) =>
        Enumerable.Range(0, Source.FrameCount(unit)).Select(NameOf).Select(name => new StageFile(Path.Combine(PathOf(unit), name), $"{StemOf(unit)}/{name}", "image/png"));

    private static string NameOf(int frame) => string.Create(CultureInfo.InvariantCulture, $"img_{frame + 1:d5}.png");

    private string PathOf(int index) => Path.Combine(Folder, StemOf(index));
}
