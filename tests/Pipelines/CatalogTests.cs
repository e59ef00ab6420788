using Microsoft.Extensions.DependencyInjection;

namespace Unreel.Pipelines.Tests;

public sealed class CatalogTests
{
    [Fact]
    public void Lists_options_with_all_that_help_can_teach()
    {
        Assert.Equal(["compare", "draw", "learn"], Workshop.Stages.Stages.Select(stage => stage.Name));
        IReadOnlyList<OptionDescription> draw = Workshop.Stages.Get("draw").Options;
        IReadOnlyList<OptionDescription> learn = Workshop.Stages.Get("learn").Options;

        Assert.Equal(new OptionDescription("count", "a whole number", false, "4", "1 to 100", "How many videos. Default 4.", false), draw[0]);
        Assert.Equal(new OptionDescription("motion", "one of straight, round-and-round", false, "straight", null, null, false), draw[2]);
        Assert.True(draw.Single(option => option.Name == "workers").IsRunOnly);
        Assert.Equal(new OptionDescription("clips", "an artifact (kind/name:tag), a path or ${stage}", true, null, null, null, false), learn[0]);
        Assert.Equal(("[8,16]", "at least 1"), learn.Where(o => o.Name == "widths").Select(o => (o.Default, o.Range)).Single());
        Assert.Equal(["split", "split.share", "split.holdout"], learn.Select(o => o.Name).Where(name => name.StartsWith("split", StringComparison.Ordinal)));
        Assert.Equal(("0.5", "Which groups are held out."), (learn.Single(o => o.Name == "split.share").Default, learn.Single(o => o.Name == "split.holdout").Summary));
    }

    [Fact]
    public void Two_stages_of_one_name_are_our_own_mistake()
    {
        IServiceProvider services = new ServiceCollection().AddUnreelPipelines().AddFakes().AddStage<DrawStage, DrawOptions>("draw", 1).BuildServiceProvider();

        Assert.Throws<InvalidOperationException>(services.GetRequiredService<StageCatalog>);
    }

    [Theory]
    [InlineData("epochs", "epochs", 0)]
    [InlineData("epcohs", "epochs", 1)]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    public void Distance_counts_edits(string a, string b, int expected) => Assert.Equal(expected, Suggestion.Distance(a, b));
}
