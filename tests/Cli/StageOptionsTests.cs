using Unreel.Cli.Commands;
using Unreel.Pipelines;

namespace Unreel.Cli.Tests;

public sealed class StageOptionsTests
{
    private static readonly OptionDescription[] Options =
    [
        new("batch_size", "a whole number", false, null, null, null, false),
        new("textures", "a list of texts", false, null, null, null, false, IsList: true),
        new("split", "a mapping", false, null, null, null, false),
    ];

    private static readonly StageOptions Stage = new(Options, ["--name", "--store"]);

    [Theory]
    [InlineData("--batch-size 8", "batch_size=8")]
    [InlineData("--batch_size=8", "batch_size=8")]
    [InlineData("--split.holdout=a=b", "split.holdout=a=b")]
    [InlineData("--textures a --textures b", "textures=[a, b]")]
    [InlineData("--textures a", "textures=[a]")]
    [InlineData("--textures [a,b]", "textures=[a,b]")]
    [InlineData("--textures a --batch-size -1", "textures=[a] batch_size=-1")]
    [InlineData("--textures a,b --textures it's", "textures=['a,b', 'it''s']")]
    [InlineData("--split.file=a#b", "split.file='a#b'")]
    [InlineData("--split {share:1}", "split={share:1}")]
    public void Say_what_set_would(string words, string sets) =>
        Assert.Equal(sets, string.Join(' ', Stage.ToSets(words.Split(' '))));

    [Fact]
    public void Keep_values_with_spaces_together() =>
        Assert.Equal(["textures=[my folder, ' b']"], Stage.ToSets(["--textures", "my folder", "--textures", " b"]));

    [Theory]
    [InlineData("--batch-sise 8", "did you mean '--batch-size'")]
    [InlineData("--nmae x", "did you mean '--name'")]
    public void Suggest_what_was_meant(string words, string message) =>
        Assert.Contains(message, Assert.Throws<UsageException>(() => Stage.ToSets(words.Split(' ')).ToArray()).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("8")]
    [InlineData("--")]
    [InlineData("--batch-size")]
    [InlineData("--batch-size --textures a")]
    [InlineData("--batch-size 8 --batch-size 9")]
    public void Refuse_what_makes_no_sense(string words) =>
        Assert.Throws<UsageException>(() => Stage.ToSets(words.Split(' ')).ToArray());
}
