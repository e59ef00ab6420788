namespace Unreel.Video.Tests;

public sealed class ContactSheetTests
{
    private static readonly FrameSize Cell = new(40, 8);

    [Fact]
    public void Rows_without_captions_lie_close()
    {
        Clip sheet = ContactSheet.Draw([Plain(200), Plain(50)], 2, Cell);

        Assert.Equal(new FrameSize(86, 22), sheet.Size);
        Assert.Equal((200, 50), (At(sheet, 2, 2), At(sheet, 2, 12)));
        Assert.Equal(96, At(sheet, 0, 0));
    }

    [Fact]
    public void A_caption_stands_above_its_row()
    {
        Clip sheet = ContactSheet.Draw([new CaptionedClip(Plain(200), string.Empty), new CaptionedClip(Plain(50), "I I")], 2, Cell);

        Assert.Equal(22 + PictureText.LineHeight, sheet.Size.Height);
        Assert.Equal(200, At(sheet, 2, 2));
        Assert.Equal(50, At(sheet, 2, 12 + PictureText.LineHeight));

        // Two capital letters of 11 pixels each, between the rows and nowhere else.
        int[] white = [.. Enumerable.Range(0, sheet.Size.Height).Where(row => Enumerable.Range(0, sheet.Size.Width).Any(column => At(sheet, column, row) == 255))];
        Assert.Equal(Enumerable.Range(12, 7), white);
        Assert.Equal(22, Enumerable.Range(0, sheet.Size.Width * sheet.Size.Height).Count(pixel => sheet.Pixels[pixel * 3] == 255));
    }

    [Fact]
    public void Long_captions_take_more_lines()
    {
        Clip sheet = ContactSheet.Draw([new CaptionedClip(Plain(1), "words that do not fit")], 1, Cell);

        Assert.Equal(8 + 4 + (PictureText.Lines("words that do not fit", 44).Count * PictureText.LineHeight), sheet.Size.Height);
    }

    [Fact]
    public void Panels_have_even_sides_and_equal_places()
    {
        Clip panels = ContactSheet.Panels([[new CaptionedClip(Plain(10), "a"), new CaptionedClip(Plain(20), "words that need lines")], [new CaptionedClip(Plain(30), "b"), new CaptionedClip(Plain(40), "c")]], 1, new FrameSize(41, 9));

        Assert.Equal((0, 0), (panels.Size.Width % 2, panels.Size.Height % 2));
        int lines = PictureText.Lines("words that need lines", 41).Count * PictureText.LineHeight;
        int step = 9 + 2 + lines;
        Assert.Equal((10, 20, 30, 40), (At(panels, 2, 2 + lines), At(panels, 45, 2 + lines), At(panels, 2, 2 + lines + step), At(panels, 45, 2 + lines + step)));
    }

    [Theory]
    [InlineData("one two", 200, "one two")]
    [InlineData("one two", 30, "one|two")]
    [InlineData("abcdefgh", 28, "abcd|efgh")]
    [InlineData("", 28, "")]
    public void Lines_break_between_words_where_they_can(string text, int width, string expected) =>
        Assert.Equal(expected, string.Join('|', PictureText.Lines(text, width)));

    [Fact]
    public void Text_is_cut_at_the_edge_and_unknown_letters_are_question_marks()
    {
        var size = new FrameSize(8, 12);
        byte[] known = new byte[size.Width * size.Height * 3], unknown = new byte[known.Length], cut = new byte[known.Length];

        PictureText.Write(known, size, ["?"], 0, 0);
        PictureText.Write(unknown, size, ["\u00e9"], 0, 0);
        PictureText.Write(cut, size, ["?????", "?"], 5, 5);

        Assert.Equal(known, unknown);
        Assert.Contains((byte)255, known);
        Assert.Contains((byte)255, cut);
    }

    private static Clip Plain(byte value)
    {
        var clip = new Clip(3, new FrameSize(10, 10));
        Array.Fill(clip.Pixels, value);
        return clip;
    }

    private static int At(Clip sheet, int column, int row) => sheet.Pixels[((row * sheet.Size.Width) + column) * 3];
}
