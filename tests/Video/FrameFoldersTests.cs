namespace Unreel.Video.Tests;

public sealed class FrameFoldersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a 2 7\nb 1 30\nc 2 7", null, "7,30", "0,1,0")]
    [InlineData("a 2 run\nb 1 jump\n# none\n\nc 2 run", null, "jump,run", "1,0,1")]
    [InlineData("a 2 1\nb 1 0\nc 2 1", "2\n1\n0", "2,1,0", "1,0,1")]
    [InlineData("a 2\nb 1\nc 2", null, "", "-1,-1,-1")]
    public void Labels_are_words_or_numbers_into_their_list(string list, string? names, string labels, string expected)
    {
        Write(list, names);
        using IClipSource source = ClipDataset.Open(_folder.Path, []);
        Assert.Equal(labels.Split(',', StringSplitOptions.RemoveEmptyEntries), source.Labels);
        Assert.Equal(expected, string.Join(',', source.Items.Select(item => item.Label)));
        Assert.Equal(["a", "b", "c"], source.Items.Select(item => item.Name));
        Assert.Equal([2, 1, 2], Enumerable.Range(0, 3).Select(source.FrameCount));
        Assert.Equal([20, 20, 20, 21, 21, 21], source.Read(2, [0, 1], null, default).Pixels.Where((_, i) => i % 12 < 3));
    }

    [Fact]
    public void A_number_without_a_label_is_named()
    {
        Write("a 2 1\nb 1 3\nc 2 1", "x\ny\nz");
        VideoException error = Assert.Throws<VideoException>(() => ClipDataset.Open(_folder.Path, []));
        Assert.Contains("clips.csv:2: expected \"folder frames label\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_frame_of_another_size_is_named()
    {
        Write("a 2\nb 1\nc 2", null);
        Png.Write(_folder.File("a", "img_00002.png"), new byte[27], new FrameSize(3, 3));
        using IClipSource source = ClipDataset.Open(_folder.Path, []);
        VideoException error = Assert.Throws<VideoException>(() => source.Read(0, [0, 1], null, default));
        Assert.Contains("img_00002.png: is 3x3; expected 2x2", error.Message, StringComparison.Ordinal);
    }

    // Folder a has frames of grey 0 and 1, b of 10, c of 20 and 21.
    private void Write(string list, string? names)
    {
        foreach ((int index, string name) in new[] { "a", "b", "c" }.Index())
        {
            Directory.CreateDirectory(_folder.File(name));
            for (int frame = 0; frame < (name == "b" ? 1 : 2); frame++)
                Png.Write(_folder.File(name, $"img_0000{frame + 1}.png"), [.. Enumerable.Repeat((byte)((index * 10) + frame), 12)], new FrameSize(2, 2));
        }

        File.WriteAllText(_folder.File("clips.csv"), list);
        if (names is not null)
            File.WriteAllText(_folder.File("labels.txt"), names);
    }
}
