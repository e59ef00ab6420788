using Unreel.Cli.Commands;
using Unreel.Pipelines;

namespace Unreel.Cli.Tests;

public sealed class StageOptionsTests
{
    private static readonly OptionDescription[] Options =
    [
        new("batch_size", "a whole number", false, null, null, null, false),
        new("textures", "a list of texts", false, null, null, null, false, IsList: true),
    ];

    [Theory]
    [InlineData("--batch-size 8", "batch_size=8")]
    [InlineData("--batch_size=8", "batch_size=8")]
    [InlineData("--split.holdout=a=b", "split.holdout=a=b")]
    [InlineData("--textures a --textures b", "textures=[a, b]")]
    [InlineData("--textures a", "textures=[a]")]
    [InlineData("--textures [a,b]", "textures=[a,b]")]
    [InlineData("--textures a --batch-size -1", "textures=[a] batch_size=-1")]
    public void Say_what_set_would(string words, string sets) =>
        Assert.Equal(sets.Replace("[a, b]", "[a,b]", StringComparison.Ordinal), string.Join(' ', StageOptions.ToSets(words.Split(' '), Options)).Replace("[a, b]", "[a,b]", StringComparison.Ordinal));

    [Theory]
    [InlineData("8")]
    [InlineData("--")]
    [InlineData("--batch-size")]
    [InlineData("--batch-size --textures a")]
    [InlineData("--batch-size 8 --batch-size 9")]
    public void Refuse_what_makes_no_sense(string words) =>
        Assert.Throws<UsageException>(() => StageOptions.ToSets(words.Split(' '), Options).ToArray());
}
