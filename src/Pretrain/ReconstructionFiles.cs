using System.Text.Json;
using System.Text.Json.Nodes;
using Unreel.Modeling;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Pretrain;

/// <summary>
/// Pictures of what was predicted, for people: <c>reconstruction.png</c> with a row a view, <c>reconstruction.mp4</c> with the views side
/// by side, and <c>reconstruction.json</c>, which says of each what it shows and what of the original was put back to draw it.
/// </summary>
internal static class ReconstructionFiles
{
    private const string PictureName = "reconstruction.png", VideoName = "reconstruction.mp4", NotesName = "reconstruction.json";
    private const string Masked = "masked: what the network sees";
    private const int MostColumns = 8, SmallestCell = 64, LargestCell = 256;
    private const int MostVideoRows = 8, SmallestPanel = 128, LargestPanel = 512, FramesPerSecond = 8;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>Writes the files into a folder.</summary>
    public static IReadOnlyList<StageFile> Write(string folder, VideoTransformerShape shape, IReadOnlyList<Reconstruction> pictures)
    {
        (CaptionedClip[] Panels, string Sample)[] rows = [.. pictures.Select(picture => (Panels(shape, picture), picture.Sample))];
        WritePicture(Path.Combine(folder, PictureName), shape, rows);
        WriteVideo(Path.Combine(folder, VideoName), shape, rows);
        File.WriteAllText(Path.Combine(folder, NotesName), Notes(pictures).ToJsonString(Indented) + "\n");
        return
        [
            new StageFile(Path.Combine(folder, PictureName), PictureName, "image/png"),
            new StageFile(Path.Combine(folder, VideoName), VideoName, "video/mp4"),
            new StageFile(Path.Combine(folder, NotesName), NotesName, "application/json"),
        ];
    }

    private static CaptionedClip[] Panels(VideoTransformerShape shape, Reconstruction picture)
    {
        return
        [
            new CaptionedClip(Clip(picture.Original), "original"),
            new CaptionedClip(Clip(picture.Masked), Masked),
            .. picture.Views.Select(view => new CaptionedClip(Clip(view.Pixels), Caption(view))),
        ];

        Clip Clip(byte[] pixels) => new(shape.Frames, new FrameSize(shape.ImageSize, shape.ImageSize), pixels);
    }

    private static string Caption(ReconstructedView view) =>
        $"{view.Target}: {view.Caption}" + (view.PutBack is null ? string.Empty : $" (put back from the original: {view.PutBack})");

    private static void WritePicture(string path, VideoTransformerShape shape, (CaptionedClip[] Panels, string Sample)[] rows)
    {
        int side = Math.Clamp(shape.ImageSize, SmallestCell, LargestCell);
        CaptionedClip[] clips = [.. rows.SelectMany(row => row.Panels.Select((panel, index) => index == 0 ? panel with { Caption = $"clip {row.Sample}: {panel.Caption}" } : panel))];
        ContactSheet.Write(path, clips, Math.Min(MostColumns, shape.Frames), new FrameSize(side, side));
    }

    private static void WriteVideo(string path, VideoTransformerShape shape, (CaptionedClip[] Panels, string Sample)[] rows)
    {
        int side = Math.Clamp(shape.ImageSize, SmallestPanel, LargestPanel);
        var cell = new FrameSize(side, side);
        Clip[] sheets = [.. Enumerable.Range(0, shape.Frames).Select(frame => Sheet([.. rows.Take(MostVideoRows)], frame, cell))];
        using var writer = new VideoWriter(path, sheets[0].Size, FramesPerSecond);
        foreach (Clip sheet in sheets)
            writer.Write(sheet.Pixels);
        writer.Finish();
    }

    // One frame of every panel: a row a clip, with captions above the panels.
    private static Clip Sheet((CaptionedClip[] Panels, string Sample)[] rows, int frame, FrameSize cell) =>
        ContactSheet.Panels([.. rows.Select(row => row.Panels)], frame, cell);

    private static JsonObject Notes(IReadOnlyList<Reconstruction> pictures) => new()
    {
        ["clips"] = new JsonArray([.. pictures.Select(picture => JsonValue.Create(picture.Sample))]),
        ["views"] = new JsonArray(
        [
            View(null, "original", null),
            View(null, Masked, null),
            .. pictures[0].Views.Select(view => View(view.Target, view.Caption, view.PutBack)),
        ]),
    };

    private static JsonObject View(string? target, string shows, string? putBack) => new()
    {
        ["target"] = target,
        ["shows"] = shows,
        ["put_back_from_the_original"] = putBack,
    };
}
