namespace Unreel.Video;

/// <summary>Many clips in one picture: a row for each, its frames from left to right.</summary>
public static class ContactSheet
{
    /// <summary>Draws a sheet and writes it as PNG.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="rows">One clip a row, at least one; sizes may differ.</param>
    /// <param name="columns">Frames a row, spread evenly over each clip; the first and the last are among them.</param>
    /// <param name="cell">Size of a frame on the sheet, or null for the first clip's size.</param>
    /// <param name="gap">Pixels of grey between frames. Default 2.</param>
    public static void Write(string path, IReadOnlyList<Clip> rows, int columns, FrameSize? cell = null, int gap = 2)
    {
        Clip sheet = Draw(rows, columns, cell ?? rows[0].Size, gap);
        Png.Write(path, sheet.Pixels, sheet.Size);
    }

    /// <summary>Draws a sheet as a clip of one frame.</summary>
    /// <inheritdoc cref="Write"/>
    public static Clip Draw(IReadOnlyList<Clip> rows, int columns, FrameSize cell, int gap = 2)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows.Count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(gap);
        var sheet = new Clip(1, new FrameSize((columns * (cell.Width + gap)) + gap, (rows.Count * (cell.Height + gap)) + gap));
        Array.Fill(sheet.Pixels, (byte)96);
        byte[] picture = new byte[cell.Width * cell.Height * 3];
        for (int row = 0; row < rows.Count; row++)
        {
            Clip clip = rows[row];
            using var plan = ResizePlan.Create(clip.Size, CropBox.Whole(clip.Size), cell);
            for (int column = 0; column < columns; column++)
            {
                plan.Apply(clip.Frame(columns == 1 ? 0 : column * (clip.Frames - 1) / (columns - 1)), picture);
                Place(picture, cell, sheet, gap + (column * (cell.Width + gap)), gap + (row * (cell.Height + gap)));
            }
        }

        return sheet;
    }

    private static void Place(ReadOnlySpan<byte> picture, FrameSize cell, Clip sheet, int left, int top)
    {
        for (int row = 0; row < cell.Height; row++)
            picture.Slice(row * cell.Width * 3, cell.Width * 3).CopyTo(sheet.Pixels.AsSpan((((top + row) * sheet.Size.Width) + left) * 3));
    }
}
