namespace Unreel.Pipelines.Tests;

public sealed class OverrideTests : IDisposable
{
    private const string Yaml = "name: tiny\nstages:\n  draw:\n  learn:\n    options: {clips: '${draw}', split: {share: 0.75, holdout: a}}\n";
    private readonly Unreel.Testing.TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Values_are_yaml_and_nested_ones_leave_their_neighbours()
    {
        LearnOptions learn = Learn("learn.epochs=5", "learn.split.share=0.125", "learn.widths=[3]", "learn.weights={a: 1}");

        Assert.Equal((5, 0.125, "a", 3, 1.0), (learn.Epochs, learn.Split.Share, learn.Split.Holdout, learn.Widths.Single(), learn.Weights["a"]));
    }

    [Fact]
    public void The_last_override_of_an_option_wins() => Assert.Equal(6, Learn("learn.epochs=5", "learn.epochs=6").Epochs);

    [Fact]
    public void Nothing_as_value_falls_back_to_the_default() => Assert.Null(Learn("learn.split.holdout=").Split.Holdout);

    [Fact]
    public void Paths_are_relative_to_the_current_folder_and_those_of_the_file_to_the_file()
    {
        Assert.Equal(Path.GetFullPath("my/clips"), Learn("learn.clips=my/clips/").Clips.Text.TrimEnd('/'));
        File.WriteAllText(_folder.File("o.yaml"), "clips: my/clips");

        PipelineFile single = PipelineFile.ForStage("learn", Workshop.Stages, _folder.File("o.yaml"));

        Assert.Equal(_folder.File("my", "clips"), ((LearnOptions)single.Stages[0].Bind(_ => default)).Clips.Text);
    }

    [Theory]
    [InlineData("learn", "--set learn: expected stage.option=value.")]
    [InlineData("=5", "--set =5: expected stage.option=value.")]
    [InlineData("learn=5", "--set learn=5: expected learn.OPTION=value.")]
    [InlineData("lern.epochs=5", "--set lern.epochs=5: there is no stage 'lern'; did you mean 'learn'? Expected one of: draw, learn.")]
    [InlineData("learn.epoch=5", "--set learn.epoch=5: unknown option 'epoch' of learn; did you mean 'epochs'?")]
    [InlineData("learn.split.shar=5", "--set learn.split.shar=5: unknown option 'shar' of learn.split; did you mean 'share'?")]
    [InlineData("learn.epochs=many", "--set learn.epochs=many: learn.epochs: expected a whole number, found 'many'.")]
    [InlineData("learn.epochs=0", "--set learn.epochs=0: learn.epochs: expected 1 to 1000, found '0'.")]
    [InlineData("learn.clips.x=0", "--set learn.clips.x=0: learn.clips is no mapping, so it has no 'x'.")]
    [InlineData("learn.widths=[1", "--set learn.widths=[1: this is not YAML:")]
    public void Wrong_overrides_are_usage_errors_naming_them(string set, string expected)
    {
        UsageException e = Assert.Throws<ConfigurationException>(() => Learn(set));

        Assert.StartsWith(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_single_stage_takes_options_from_file_and_command_line()
    {
        File.WriteAllText(_folder.File("o.yaml"), "# a comment\nclips: clips/some:v1\nepochs: 2\n");

        PipelineFile single = PipelineFile.ForStage("learn", Workshop.Stages, _folder.File("o.yaml"), ["epochs=8", "split.share=0.25"], "mine", "try", "shop");

        LearnOptions options = (LearnOptions)single.Stages[0].Bind(_ => default);
        Assert.Equal(("clips/some:v1", 8, 0.25), (options.Clips.Reference!.ToString(), options.Epochs, options.Split.Share));
        Assert.Equal(("mine", "try", Path.GetFullPath("shop")), (single.Stages[0].ArtifactName, single.Stages[0].Tag, single.Store));
        Assert.Null(single.LockPath);
    }

    [Theory]
    [InlineData("epoch: 2", "FILE:1:1: unknown option 'epoch' of learn; did you mean 'epochs'?")]
    [InlineData("- 2", "FILE:1:1: expected a mapping with the options of learn, found a list.")]
    [InlineData("epochs: 2", "FILE:1:1: learn.clips is missing; expected an artifact (kind/name:tag), a path or ${stage}.")]
    [InlineData("clips: ${draw}", "FILE:1:8: there is no stage 'draw'. Expected one of: learn.")]
    public void A_wrong_file_of_options_is_told_with_its_place(string yaml, string expected)
    {
        File.WriteAllText(_folder.File("o.yaml"), yaml);

        ConfigurationException e = Assert.Throws<ConfigurationException>(() => PipelineFile.ForStage("learn", Workshop.Stages, _folder.File("o.yaml")));

        Assert.StartsWith(expected, e.Message.Replace(_folder.File("o.yaml"), "FILE", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_stage_is_a_usage_error()
    {
        UsageException e = Assert.Throws<UsageException>(() => PipelineFile.ForStage("lern", Workshop.Stages, null));

        Assert.StartsWith("unknown stage 'lern'; did you mean 'learn'?", e.Message, StringComparison.Ordinal);
    }

    private LearnOptions Learn(params string[] sets)
    {
        File.WriteAllText(_folder.File("p.yaml"), Yaml);
        return (LearnOptions)PipelineFile.Load(_folder.File("p.yaml"), Workshop.Stages, sets).Stages.Single(s => s.Id == "learn").Bind(_ => Refs.Clips);
    }
}
