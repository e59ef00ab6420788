namespace Unreel.Video.Tests;

public sealed class ClipFoldsTests
{
    private static readonly string[] Subjects = ["ann", "bob", "cat", "dan", "eve"];

    [Fact]
    public void All_leaves_one_group_out_at_a_time()
    {
        IReadOnlyList<ClipSplit> folds = ClipFolds.Make(People(), new SplitOptions { Folds = "all" });

        Assert.Equal(Subjects, folds.Select(fold => Assert.Single(fold.TestGroups)));
        Assert.All(folds, fold => Assert.Equal((8, 2), (fold.Train.Count, fold.Test.Count)));
    }

    [Theory]
    [InlineData("2")]
    [InlineData("3")]
    [InlineData("4")]
    [InlineData("5")]
    public void Every_video_is_held_out_once_and_no_group_is_torn(string folds)
    {
        NamedClips source = People();
        IReadOnlyList<ClipSplit> splits = ClipFolds.Make(source, new SplitOptions { Folds = folds });

        Assert.Equal(folds, $"{splits.Count}");
        Assert.Equal(Enumerable.Range(0, 10), splits.SelectMany(split => split.Test).Order());
        Assert.All(splits, split =>
        {
            Assert.Empty(Groups(split.Train).Intersect(Groups(split.Test)));
            Assert.Equal(Enumerable.Range(0, 10), split.Train.Concat(split.Test).Order());
            Assert.Equal(Groups(split.Test).Distinct().Order(StringComparer.Ordinal), split.TestGroups);
            Assert.InRange(split.TestGroups.Count, 5 / splits.Count, (5 + splits.Count - 1) / splits.Count);
        });

        IEnumerable<string> Groups(IEnumerable<int> part) => part.Select(index => ClipSplit.GroupOf(source.Items[index].Name, new SplitOptions()));
    }

    [Fact]
    public void Groups_meet_by_the_seed()
    {
        var seen = new HashSet<string>();
        for (ulong seed = 0; seed < 10; seed++)
        {
            IReadOnlyList<ClipSplit> one = ClipFolds.Make(People(), new SplitOptions { Folds = "2", Seed = seed });
            Assert.Equal(one[0].TestGroups, ClipFolds.Make(People(), new SplitOptions { Folds = "2", Seed = seed })[0].TestGroups);
            seen.Add(string.Join(' ', one[0].TestGroups));
        }

        Assert.True(seen.Count > 1);
    }

    [Fact]
    public void Videos_that_are_their_own_groups_are_dealt_out_class_by_class()
    {
        NamedClips source = NamedClips.Of([.. Enumerable.Range(0, 15).Select(static index => index < 9 ? $"walk/clip_{index}.mp4" : $"jump/clip_{index}.mp4")]);

        IReadOnlyList<ClipSplit> folds = ClipFolds.Make(source, new SplitOptions { Folds = "3" });

        Assert.All(folds, fold => Assert.Equal((3, 2), (fold.Test.Count(index => index < 9), fold.Test.Count(index => index >= 9))));
        Assert.NotNull(folds[0].Note);
    }

    [Fact]
    public void A_subject_who_never_did_an_action_can_be_left_out()
    {
        NamedClips source = NamedClips.Of("run/ann_1.avi", "run/bob_1.avi", "run/cat_1.avi", "jump/ann_2.avi", "jump/bob_2.avi");

        Assert.Equal([2], ClipFolds.Make(source, new SplitOptions { Folds = "all" })[2].Test);
    }

    [Fact]
    public void One_division_is_the_fold_that_is_named_or_the_first()
    {
        var options = new SplitOptions { Folds = "all" };

        Assert.Equal(["ann"], ClipSplit.Make(People(), options).TestGroups);
        Assert.Equal(["dan"], ClipSplit.Make(People(), options with { Fold = 4 }).TestGroups);
    }

    [Theory]
    [InlineData("1", null, null, "split.folds is \"1\"; expected a whole number from 2, or \"all\"")]
    [InlineData("many", null, null, "split.folds is \"many\"")]
    [InlineData("-3", null, null, "split.folds is \"-3\"")]
    [InlineData("6", null, null, "split.folds is 6, but there are 5 groups: ann, bob, cat, dan, eve")]
    [InlineData("all", 6, null, "split.fold is 6; expected 1 to 5")]
    [InlineData("all", 0, null, "split.fold is 0; expected 1 to 5")]
    [InlineData(null, 2, null, "split.fold is 2, but split.folds does not say")]
    [InlineData("all", null, "bob", "split.holdout (\"bob\")")]
    public void What_cannot_be_is_refused(string? folds, int? fold, string? holdout, string reason)
    {
        string message = Assert.Throws<VideoException>(() => ClipSplit.Make(People(), new SplitOptions { Folds = folds, Fold = fold, Holdout = holdout })).Message;

        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_and_folds_contradict_each_other() =>
        Assert.Contains("split.file (\"list.csv\")", Assert.Throws<VideoException>(() => ClipFolds.Make(People(), new SplitOptions { Folds = "2", File = new FileInfo("list.csv") })).Message, StringComparison.Ordinal);

    [Fact]
    public void A_class_that_one_fold_holds_alone_is_named()
    {
        NamedClips source = NamedClips.Of("run/ann_1.avi", "run/bob_1.avi", "jump/ann_2.avi", "jump/ann_3.avi");

        string message = Assert.Throws<VideoException>(() => ClipFolds.Make(source, new SplitOptions { Folds = "all" })).Message;

        Assert.Contains("The class \"jump\" lies in fold 1 only (ann)", message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_group_cannot_be_left_out()
    {
        NamedClips source = NamedClips.Of("run/ann_1.avi", "jump/ann_2.avi");

        Assert.Contains("one group, \"ann\"", Assert.Throws<VideoException>(() => ClipFolds.Make(source, new SplitOptions { Folds = "all", Groups = "^([^_]+)_" })).Message, StringComparison.Ordinal);
    }

    private static NamedClips People() => NamedClips.Of([.. Subjects.SelectMany(static subject => new[] { $"run/{subject}_run.avi", $"jump/{subject}_jump.avi" })]);
}
