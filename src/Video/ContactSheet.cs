namespace Unreel.Video;

/// <summary>A clip with a line or more about it.</summary>
/// <param name="Clip">The clip.</param>
/// <param name="Caption">What is to be seen, in letters that <see cref="PictureText"/> has.</param>
public sealed record CaptionedClip(Clip Clip, string Caption);

/// <summary>Many clips in one picture: a row for each, its frames from left to right.</summary>
public static class ContactSheet
{
    private const byte Grey = 96;

    /// <summary>Draws a sheet and writes it as PNG.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="rows">One clip a row, at least one; sizes may differ.</param>
    /// <param name="columns">Frames a row, spread evenly over each clip; the first and the last are among them.</param>
    /// <param name="cell">Size of a frame on the sheet, or null for the first clip's size.</param>
    /// <param name="gap">Pixels of grey between frames. Default 2.</param>
    public static void Write(string path, IReadOnlyList<Clip> rows, int columns, FrameSize? cell = null, int gap = 2) =>
        Save(path, Draw(rows, columns, cell ?? rows[0].Size, gap));

    /// <summary>Draws a sheet with a caption above every row and writes it as PNG.</summary>
    /// <inheritdoc cref="Write(string, IReadOnlyList{Clip}, int, FrameSize?, int)"/>
    public static void Write(string path, IReadOnlyList<CaptionedClip> rows, int columns, FrameSize cell, int gap = 2) =>
        Save(path, Draw(rows, columns, cell, gap));

    /// <summary>Draws a sheet as a clip of one frame.</summary>
    /// <inheritdoc cref="Write(string, IReadOnlyList{Clip}, int, FrameSize?, int)"/>
    public static Clip Draw(IReadOnlyList<Clip> rows, int columns, FrameSize cell, int gap = 2) =>
        Draw([.. rows.Select(row => new CaptionedClip(row, string.Empty))], columns, cell, gap);

    /// <summary>Draws a sheet with a caption above every row as a clip of one frame.</summary>
    /// <inheritdoc cref="Write(string, IReadOnlyList{Clip}, int, FrameSize?, int)"/>
    public static Clip Draw(IReadOnlyList<CaptionedClip> rows, int columns, FrameSize cell, int gap = 2)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows.Count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(gap);
        int width = (columns * (cell.Width + gap)) + gap;
        string[][] captions = [.. rows.Select(row => row.Caption.Length == 0 ? [] : PictureText.Lines(row.Caption, width).ToArray())];
        Clip sheet = Blank(width, (rows.Count * (cell.Height + gap)) + gap + (captions.Sum(lines => lines.Length) * PictureText.LineHeight));
        int top = gap;
        for (int row = 0; row < rows.Count; row++)
        {
            PictureText.Write(sheet.Pixels, sheet.Size, captions[row], 0, top - gap);
            top += captions[row].Length * PictureText.LineHeight;
            Clip clip = rows[row].Clip;
            PlaceRow(clip, [.. Enumerable.Range(0, columns).Select(column => columns == 1 ? 0 : column * (clip.Frames - 1) / (columns - 1))], cell, sheet, top, gap);
            top += cell.Height + gap;
        }

        return sheet;
    }

    /// <summary>Draws one frame of many clips as a clip of one frame, captions above them. Both sides are even, as video needs them.</summary>
    /// <param name="rows">Rows of clips, at least one, all of the same length.</param>
    /// <param name="frame">The frame to draw.</param>
    /// <param name="cell">Size of a frame on the sheet.</param>
    /// <param name="gap">Pixels of grey between frames. Default 2.</param>
    public static Clip Panels(IReadOnlyList<IReadOnlyList<CaptionedClip>> rows, int frame, FrameSize cell, int gap = 2)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows.Count, 1);
        int lines = rows.Max(row => row.Max(clip => PictureText.Lines(clip.Caption, cell.Width).Count));
        (int columns, int step) = (rows[0].Count, cell.Height + gap + (lines * PictureText.LineHeight));
        Clip sheet = Blank(Even((columns * (cell.Width + gap)) + gap), Even((rows.Count * step) + gap));
        for (int place = 0; place < rows.Count * columns; place++)
        {
            (int row, int column) = Math.DivRem(place, columns);
            CaptionedClip clip = rows[row][column];
            int left = gap + (column * (cell.Width + gap)), top = gap + (row * step);
            PictureText.Write(sheet.Pixels, sheet.Size, PictureText.Lines(clip.Caption, cell.Width), left, top);
            using var plan = ResizePlan.Create(clip.Clip.Size, CropBox.Whole(clip.Clip.Size), cell);
            byte[] picture = new byte[cell.Width * cell.Height * 3];
            plan.Apply(clip.Clip.Frame(frame), picture);
            Place(picture, cell, sheet, left, top + (lines * PictureText.LineHeight));
        }

        return sheet;
    }

    private static int Even(int length) => length + (length % 2);

    private static Clip Blank(int width, int height)
    {
        var sheet = new Clip(1, new FrameSize(width, height));
        Array.Fill(sheet.Pixels, Grey);
        return sheet;
    }

    private static void Save(string path, Clip sheet) => Png.Write(path, sheet.Pixels, sheet.Size);

    private static void PlaceRow(Clip clip, int[] frames, FrameSize cell, Clip sheet, int top, int gap)
    {
        byte[] picture = new byte[cell.Width * cell.Height * 3];
        using var plan = ResizePlan.Create(clip.Size, CropBox.Whole(clip.Size), cell);
        for (int column = 0; column < frames.Length; column++)
        {
            plan.Apply(clip.Frame(frames[column]), picture);
            Place(picture, cell, sheet, gap + (column * (cell.Width + gap)), top);
        }
    }

    private static void Place(ReadOnlySpan<byte> picture, FrameSize cell, Clip sheet, int left, int top)
    {
        for (int row = 0; row < cell.Height; row++)
            picture.Slice(row * cell.Width * 3, cell.Width * 3).CopyTo(sheet.Pixels.AsSpan((((top + row) * sheet.Size.Width) + left) * 3));
    }
}
