using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Synthesize.Files;

/// <summary>A H.264 file for every video.</summary>
internal class Mp4Writer(SynthesisSource source, string folder) : SetWriter(source, folder)
{
    /// <inheritdoc/>
    public override string Form => "MP4 files";

    /// <inheritdoc/>
    protected override IEnumerable<int> Missing(StageShard part) => part.Of(Units).Where(index => !File.Exists(PathOf(index)));

    /// <inheritdoc/>
    protected override void Write(int index, CancellationToken ct)
    {
        using VideoWriter writer = new(PathOf(index), Source.Size, Source.FrameRate);
        Draw(index, (_, frame) => writer.Write(frame), ct);
        writer.Finish();
    }

    /// <inheritdoc/>
    protected override IEnumerable<string> Names() => Source.Items.Select(item => item.Name);

    /// <inheritdoc/>
    protected override IEnumerable<StageFile> FilesOf(int unit) => [new StageFile(PathOf(unit), Source.Items[unit].Name, "video/mp4")];

    /// <summary>The file of a video.</summary>
    protected string PathOf(int index) => Path.Combine(Folder, Source.Items[index].Name);
}
