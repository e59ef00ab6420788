using System.Text.Json;

namespace Unreel.Video.Tests;

public sealed class ClipDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Class_folders_give_labels_in_ordinal_order()
    {
        Empty("run/b.mp4", "run/a.avi", "Jump/deep/c.MKV", "run/notes.txt", ".hidden/x.mp4");
        using IClipSource source = ClipDataset.Open(_folder.Path, []);
        Assert.Equal(["Jump", "run"], source.Labels);
        Assert.Equal([new ClipItem("Jump/deep/c.MKV", 0), new ClipItem("run/a.avi", 1), new ClipItem("run/b.mp4", 1)], source.Items);
    }

    [Fact]
    public void A_flat_folder_has_no_labels()
    {
        Empty("b.mp4", "a.mp4");
        using IClipSource source = ClipDataset.Open(_folder.Path, []);
        Assert.Empty(source.Labels);
        Assert.Equal([new ClipItem("a.mp4", -1), new ClipItem("b.mp4", -1)], source.Items);
    }

    [Theory]
    [InlineData("clips.csv", "a b.mp4 run\n# note\n\nc.mp4\tjump\r\n")]
    [InlineData("clips.csv", "a b.mp4,run\nc.mp4, jump")]
    [InlineData("train.txt", "a b.mp4 run\nc.mp4 jump\n")]
    public void Lists_keep_their_order(string name, string content)
    {
        Empty("a b.mp4", "c.mp4");
        File.WriteAllText(_folder.File(name), content);
        using IClipSource source = ClipDataset.Open(name == "clips.csv" ? _folder.Path : _folder.File(name), []);
        Assert.Equal(["jump", "run"], source.Labels);
        Assert.Equal([new ClipItem("a b.mp4", 1), new ClipItem("c.mp4", 0)], source.Items);
    }

    [Fact]
    public void Numbers_as_labels_keep_their_numeric_order()
    {
        Empty("a.mp4", "b.mp4");
        File.WriteAllText(_folder.File("clips.csv"), "a.mp4 10\nb.mp4 9\n");
        using IClipSource source = ClipDataset.Open(_folder.Path, []);
        Assert.Equal(["9", "10"], source.Labels);
    }

    [Fact]
    public void A_list_without_labels_has_none()
    {
        Empty("a b.mp4", "c.mp4");
        File.WriteAllText(_folder.File("clips.csv"), "a b.mp4\nc.mp4\n");
        using IClipSource source = ClipDataset.Open(_folder.Path, []);
        Assert.Equal([new ClipItem("a b.mp4", -1), new ClipItem("c.mp4", -1)], source.Items);
    }

    [Theory]
    [InlineData("", "holds no videos")]
    [InlineData("# only a note", "holds no videos")]
    [InlineData("a.mp4 run\nnone.mp4 run", "clips.csv:2: there is no file none.mp4")]
    [InlineData("a.mp4 run\na.mp4 jump", "clips.csv:2: a.mp4 is listed twice")]
    [InlineData("a.mp4 run\n\nc.mp4", "clips.csv:3: either every line or no line has a label; line 1 has one")]
    [InlineData("a.mp4,", "clips.csv:1: expected \"path label\"")]
    [InlineData("notes.txt run", "clips.csv:1: \"notes.txt\" is not named like a video")]
    [InlineData("notes.txt 3", "clips.csv:1: \"notes.txt\" is not named like a video")]
    [InlineData("frames 0", "clips.csv:1: expected \"folder frames\"")]
    [InlineData("frames 2", "clips.csv:1: frames has not the 2 frames that the list says: there is no img_00002.png")]
    [InlineData("frames 1 run\nother 1", "clips.csv:2: expected \"folder frames label\" as in line 1, found \"other 1\"")]
    [InlineData("empty 1", "clips.csv:1: the folder empty holds no img_00001.png")]
    [InlineData("\0\u0001", "clips.csv:1: is not text")]
    public void A_malformed_list_is_named_with_its_line(string content, string reason)
    {
        Empty("a.mp4", "c.mp4", "frames/img_00001.png", "empty/notes.txt");
        File.WriteAllText(_folder.File("clips.csv"), content);
        Assert.Contains(reason, Assert.Throws<VideoException>(() => ClipDataset.Open(_folder.Path, [])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("notes.txt", "holds no videos (looked for")]
    [InlineData("run/a.mp4 jump/notes.txt", "jump: the class folder holds no videos")]
    [InlineData("clips-000000.tar preview.mp4", "tar shards (clips-000000.tar and on)")]
    [InlineData("run/a.mp4 b.mp4", "both beside and inside folders (such as run/a.mp4)")]
    public void A_folder_that_is_no_dataset_is_named(string files, string reason)
    {
        Empty(files.Split(' '));
        string message = Assert.Throws<VideoException>(() => ClipDataset.Open(_folder.Path, [])).Message;
        Assert.StartsWith(_folder.Path, message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_named_too() =>
        Assert.Contains("no such folder or list", Assert.Throws<VideoException>(() => ClipDataset.Open(_folder.File("none"), [])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_recipe_goes_to_the_reader_of_its_format()
    {
        File.WriteAllText(_folder.File("recipe.json"), """{"format":"b","n":1}""");
        using IClipSource source = ClipDataset.Open(_folder.Path, [new Reader("a"), new Reader("b")]);
        Assert.Equal("b", source.Labels[0]);
    }

    [Theory]
    [InlineData("""{"format":"c"}""", "its format \"c\" is not known; known: a, b")]
    [InlineData("""{"n":1}""", "JSON object with a \"format\"")]
    [InlineData("[1]", "JSON object with a \"format\"")]
    [InlineData("{", "is not valid JSON")]
    public void A_recipe_that_nobody_reads_is_named(string recipe, string reason)
    {
        File.WriteAllText(_folder.File("recipe.json"), recipe);
        Assert.Contains(reason, Assert.Throws<VideoException>(() => ClipDataset.Open(_folder.Path, [new Reader("a"), new Reader("b")])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_threads_read_what_one_reads()
    {
        for (int video = 0; video < 3; video++)
            TestVideos.Write(_folder.File($"{video}.mp4"), 20, first: video * 20);
        using IClipSource source = ClipDataset.Open(_folder.Path, []);
        Parallel.For(0, 60, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            Assert.Equal(20, source.FrameCount(i % 3));
            Assert.Equal([(i % 3 * 20) + (i / 3)], TestVideos.Numbers(source.Read(i % 3, [i / 3], null, default)));
        });
    }

    [Fact]
    public void A_file_that_changed_is_learned_anew()
    {
        TestVideos.Write(_folder.File("a.mp4"), 20);
        using IClipSource source = ClipDataset.Open(_folder.Path, []);
        Assert.Equal(20, source.FrameCount(0));
        TestVideos.Write(_folder.File("a.mp4"), 35);
        Assert.Equal(35, source.FrameCount(0));
        Assert.Equal([34], TestVideos.Numbers(source.Read(0, [34], null, default)));
    }

    [SharedDataFact]
    public void Weizmann_is_ten_classes_of_seven()
    {
        using IClipSource source = ClipDataset.Open(SharedData.File("weizmann"), []);
        Assert.Equal(["bend", "jack", "jump", "pjump", "run", "side", "skip", "walk", "wave1", "wave2"], source.Labels);
        Assert.All(source.Items.CountBy(static item => item.Label), static pair => Assert.Equal(7, pair.Value));
        Assert.All(Enumerable.Range(0, source.Items.Count), index => Assert.InRange(source.FrameCount(index), 36, 146));
    }

    private void Empty(params string[] names)
    {
        foreach (string name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(name))!);
            File.WriteAllBytes(_folder.File(name), []);
        }
    }

    private sealed class Reader(string format) : IClipRecipeReader
    {
        public string Format => format;

        public IClipSource Open(JsonElement recipe, string folder) => new NamedClips([new ClipItem(recipe.GetRawText(), 0)], [format]);
    }
}
