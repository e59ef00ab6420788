namespace Unreel.Video.Tests;

public sealed class ClipSplitTests : IDisposable
{
    private static readonly string[] Subjects = ["ann", "bob", "cat", "dan"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Archery/v_Archery_g07_c02.avi", "g07")]
    [InlineData("bend/daria_bend.avi", "daria")]
    [InlineData("bend/clip.avi", "bend/clip.avi")]
    [InlineData("my_class/clip.avi", "my_class/clip.avi")]
    public void Groups_are_read_off_the_file_name(string name, string group) =>
        Assert.Equal(group, ClipSplit.GroupOf(name, new SplitOptions()));

    [Fact]
    public void Held_out_groups_are_the_test_part()
    {
        NamedClips source = People();
        ClipSplit split = ClipSplit.Make(source, new SplitOptions { Holdout = "bob|dan" });
        Assert.Equal(["bob", "dan"], split.TestGroups);
        Assert.All(split.Test, index => Assert.Matches("bob|dan", source.Items[index].Name));
        Assert.All(split.Train, index => Assert.DoesNotMatch("bob|dan", source.Items[index].Name));
        Assert.Equal(Enumerable.Range(0, 8), split.Train.Concat(split.Test).Order());
    }

    [Theory]
    [InlineData(.25, 1)]
    [InlineData(.5, 2)]
    [InlineData(.01, 1)]
    [InlineData(.99, 3)]
    public void A_share_of_the_groups_is_chosen_by_the_seed(double share, int groups)
    {
        var chosen = new HashSet<string>();
        for (ulong seed = 0; seed < 20; seed++)
        {
            ClipSplit split = ClipSplit.Make(People(), new SplitOptions { Share = share, Seed = seed });
            Assert.Equal(groups, split.TestGroups.Count);
            Assert.Equal(split.TestGroups, ClipSplit.Make(People(), new SplitOptions { Share = share, Seed = seed }).TestGroups);
            Assert.Empty(Groups(split.Train).Intersect(Groups(split.Test)));
            chosen.Add(string.Join(' ', split.TestGroups));
        }

        Assert.True(chosen.Count > 1);

        static IEnumerable<string> Groups(IEnumerable<int> part) => part.Select(index => ClipSplit.GroupOf(People().Items[index].Name, new SplitOptions()));
    }

    [Fact]
    public void A_file_says_which_is_which()
    {
        ClipSplit split = ClipSplit.Make(NamedClips.Of("a/1.avi", "a/2.avi"), new SplitOptions { File = Write("a/1.avi test\na/2.avi train\n") });
        Assert.Equal([1], split.Train);
        Assert.Equal([0], split.Test);
    }

    [Theory]
    [InlineData("a/1.avi test\n", "does not say whether a/2.avi")]
    [InlineData("a/1.avi test\na/2.avi dev\n", "split.txt:2: expected \"path train\" or \"path test\", found \"a/2.avi dev\"")]
    [InlineData("a/1.avi test\na/3.avi test\n", "split.txt:2: there is no video a/3.avi")]
    [InlineData("a/1.avi test\na/1.avi test\n", "split.txt:2: a/1.avi is listed twice")]
    [InlineData("a/1.avi test\na/2.avi test\n", "The class \"a\" has 0 videos to learn from and 2")]
    public void A_file_that_does_not_fit_is_named(string content, string reason) =>
        Refused(NamedClips.Of("a/1.avi", "a/2.avi"), new SplitOptions { File = Write(content) }, reason);

    [Fact]
    public void What_cannot_be_divided_is_named()
    {
        Refused(NamedClips.Of("a/ann_1.avi", "a/bob_1.avi", "b/ann_2.avi"), new SplitOptions { Holdout = "bob" }, "The class \"b\" has 1 videos to learn from and 0 to be tested on");
        Refused(NamedClips.Of("a/ann_1.avi", "a/ann_2.avi"), new SplitOptions(), "All videos are of one group, \"ann\"");
        Refused(People(), new SplitOptions { Holdout = "eve" }, "\"eve\" matches none of ann, bob, cat, dan");
        Refused(People(), new SplitOptions { Holdout = ".*" }, "matches all of");
        Refused(People(), new SplitOptions { Holdout = "(" }, "held-out groups \"(\" is not a valid regular expression");
        Refused(People(), new SplitOptions { Groups = "^nobody_(.)" }, "\"^nobody_(.)\" matches no video; they are named like run/ann_run.avi");
        Refused(People(), new SplitOptions { Share = 0 }, "share of groups");
        Refused(People(), new SplitOptions { Share = 1 }, "share of groups");
        Refused(People(), new SplitOptions { File = new FileInfo(_folder.File("none.txt")) }, "no such list");
    }

    private static NamedClips People() => NamedClips.Of([.. Subjects.SelectMany(static subject => new[] { $"run/{subject}_run.avi", $"jump/{subject}_jump.avi" })]);

    private static void Refused(IClipSource source, SplitOptions options, string reason) =>
        Assert.Contains(reason, Assert.Throws<VideoException>(() => ClipSplit.Make(source, options)).Message, StringComparison.Ordinal);

    private FileInfo Write(string content)
    {
        File.WriteAllText(_folder.File("split.txt"), content);
        return new FileInfo(_folder.File("split.txt"));
    }
}
