namespace Unreel.Pipelines.Tests;

public sealed class PipelineFileTests : IDisposable
{
    private readonly Unreel.Testing.TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reads_every_type_of_option()
    {
        PipelineFile pipeline = Load("""
            name: tiny
            stages:
              draw:
                options: { count: 7, seed: 18446744073709551615, motion: round_and_round, speed: 1e-3, note: 2024, length: 1m30s }
              learn:
                options: { clips: "${draw}", flip: true, widths: [1, 2], weights: { a: 0.5 }, split: { holdout: lena } }
            """);

        DrawOptions draw = Assert.IsType<DrawOptions>(pipeline.Stages[0].Bind(_ => default));
        LearnOptions learn = Assert.IsType<LearnOptions>(pipeline.Stages[1].Bind(_ => Refs.Clips));
        Assert.Equal(new DrawOptions { Count = 7, Seed = ulong.MaxValue, Motion = Motion.RoundAndRound, Speed = 0.001, Note = "2024", Length = TimeSpan.FromSeconds(90) }, draw);
        Assert.Equal(Refs.Clips.ToString(), learn.Clips.Text);
        Assert.True(learn.Flip);
        Assert.Equal([1, 2], learn.Widths);
        Assert.Equal(0.5, learn.Weights["a"]);
        Assert.Equal(new SplitFields { Share = 0.5, Holdout = "lena" }, learn.Split);
    }

    [Fact]
    public void Names_store_and_order_have_their_defaults()
    {
        PipelineFile pipeline = Load("name: tiny\nstages:\n  learn: {options: {clips: '${draw}'}}\n  draw:\n");

        Assert.Equal(["draw", "learn"], pipeline.Stages.Select(stage => stage.Id));
        Assert.Equal(["tiny-draw", "tiny-learn"], pipeline.Stages.Select(stage => stage.ArtifactName));
        Assert.All(pipeline.Stages, stage => Assert.Equal("latest", stage.Tag));
        Assert.Equal(_folder.File(".unreel"), pipeline.Store);
        Assert.Equal(_folder.File("p.lock.json"), pipeline.LockPath);
    }

    [Theory]
    [InlineData("store: ../shop", "../shop")]
    [InlineData("store: https://a.blob.core.windows.net/c", null)]
    [InlineData("store: UseDevelopmentStorage=true", null)]
    public void A_folder_store_is_relative_to_the_file(string line, string? relative)
    {
        PipelineFile pipeline = Load($"name: tiny\n{line}\nstages: {{draw: {{}}}}");

        string written = line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..];
        Assert.Equal(relative is null ? written : Path.GetFullPath(relative, _folder.Path), pipeline.Store);
    }

    [Fact]
    public void Needs_order_stages_that_nothing_else_orders()
    {
        PipelineFile pipeline = Load("name: tiny\nstages:\n  a: {stage: draw, needs: [b]}\n  b: {stage: draw}\n");

        Assert.Equal(["b", "a"], pipeline.Stages.Select(stage => stage.Id));
    }

    [Fact]
    public void Takes_the_value_of_another_stage_s_option_written_default_or_overridden()
    {
        const string Yaml = """
            name: tiny
            stages:
              draw: { options: { speed: "${first.base_learning_rate}", note: "rate ${first.base_learning_rate} of ${first.epochs}" } }
              first: { stage: learn, options: { clips: some/folder, epochs: 9 } }
              second: { stage: learn, options: { clips: "${first.clips}", epochs: "${first.epochs}", split: "${first.split}", widths: "${first.widths}" } }
            """;

        LearnOptions written = (LearnOptions)Load(Yaml).Stages.Single(s => s.Id == "second").Bind(_ => default);
        LearnOptions changed = (LearnOptions)Load(Yaml, "first.epochs=4", "first.split.share=0.125", "first.clips=here").Stages.Single(s => s.Id == "second").Bind(_ => default);
        DrawOptions draw = (DrawOptions)Load(Yaml).Stages.Single(s => s.Id == "draw").Bind(_ => default);

        Assert.Equal((9, _folder.File("some", "folder"), 0.5), (written.Epochs, written.Clips.Text, written.Split.Share));
        Assert.Equal((4, Path.GetFullPath("here"), 0.125), (changed.Epochs, changed.Clips.Text, changed.Split.Share));
        Assert.Equal([8, 16], written.Widths);
        Assert.Equal((0.0005, "rate 0.0005 of 9"), (draw.Speed, draw.Note));
    }

    [Fact]
    public void A_reference_to_an_option_that_is_not_set_leaves_the_default()
    {
        PipelineFile pipeline = Load("name: tiny\nstages:\n  a: {stage: draw}\n  b: {stage: draw, options: {note: '${a.note}'}}\n");

        Assert.Null(((DrawOptions)pipeline.Stages[1].Bind(_ => default)).Note);
    }

    [Fact]
    public void Two_dollars_stand_for_one()
    {
        PipelineFile pipeline = Load("name: tiny\nstages:\n  draw: {options: {note: 'a $${b}'}}\n");

        Assert.Equal("a ${b}", ((DrawOptions)pipeline.Stages[0].Bind(_ => default)).Note);
    }

    [Theory]
    [InlineData("  learn: {options: {clips: '${darw}'}}\n  draw: {}", "3:28: there is no stage 'darw'; did you mean 'draw'?")]
    [InlineData("  learn: {options: {clips: '${draw.cont}'}}\n  draw: {}", "3:28: draw has no option 'cont' in 'cont'; did you mean 'count'?")]
    [InlineData("  learn: {options: {clips: a, epochs: '${draw}'}}\n  draw: {}", "3:39: learn.epochs: expected a whole number, found '${draw}'.")]
    [InlineData("  draw: {options: {note: 'a ${learn}'}}\n  learn: {options: {clips: a}}", "3:26: ${learn} inside a text must be a single value, found '${learn}'.")]
    [InlineData("  draw: {options: {note: '${matrix.size}'}}", "3:26: draw has no matrix axis 'size'.")]
    [InlineData("  a: {stage: learn, options: {clips: '${b}'}}\n  b: {stage: learn, options: {clips: '${a}'}}", "4:38: stages wait for each other in a circle: a → b → a.")]
    [InlineData("  a: {stage: learn, options: {clips: '${a}'}}", "3:38: stages wait for each other in a circle: a → a.")]
    [InlineData("  a: {stage: draw, options: {seed: '${b.seed}'}}\n  b: {stage: draw, options: {seed: '${a.seed}'}}", "3:36: values refer to each other in a circle: b.seed → a.seed → b.seed.")]
    [InlineData("  a: {stage: draw, name: x}\n  b: {stage: draw, name: x}", "4:26: b and a both publish x:latest; give one another 'name' or 'tag'.")]
    public void Wrong_references_are_told_with_their_place(string stages, string expected)
    {
        ConfigurationException e = Assert.Throws<ConfigurationException>(() => Load($"name: tiny\nstages:\n{stages}\n"));

        Assert.StartsWith(expected, e.Problems[0].ToString()[(_folder.File("p.yaml").Length + 1)..], StringComparison.Ordinal);
    }

    [Fact]
    public void A_matrix_makes_paired_stages_and_lists_of_all()
    {
        PipelineFile pipeline = Load("""
            name: tiny
            stages:
              draw: { options: { speed: 1 } }
              learn:
                matrix: { epochs: [1, 2], rate: [1e-3, 0.01] }
                options: { clips: "${draw}", epochs: "${matrix.epochs}", base_learning_rate: "${matrix.rate}" }
              again:
                stage: learn
                matrix: { epochs: [1, 2], rate: [1e-3, 0.01] }
                options: { clips: "${learn}" }
              one: { stage: learn, options: { clips: "${learn[epochs=2,rate=0.01]}" } }
              byepoch:
                stage: compare
                matrix: { epochs: [1, 2] }
                options: { models: "${learn}" }
              all: { stage: compare, options: { models: ["${learn}", "${one}"] } }
            """);

        Assert.Equal(
            ["learn[epochs=1,rate=1e-3]", "learn[epochs=1,rate=0.01]", "learn[epochs=2,rate=1e-3]", "learn[epochs=2,rate=0.01]"],
            pipeline.Stages.Where(stage => stage.DeclaredId == "learn").Select(stage => stage.Id));
        Assert.Equal("tiny-learn-2-1e-3", Stage("learn[epochs=2,rate=1e-3]").ArtifactName);
        Assert.Equal(["learn[epochs=2,rate=1e-3]"], Stage("again[epochs=2,rate=1e-3]").Dependencies);
        Assert.Equal(["learn[epochs=2,rate=0.01]"], Stage("one").Dependencies);
        Assert.Equal(["learn[epochs=2,rate=1e-3]", "learn[epochs=2,rate=0.01]"], Stage("byepoch[epochs=2]").Dependencies);
        Assert.Equal(5, ((CompareOptions)Stage("all").Bind(_ => Refs.Clips)).Models.Count);
        Assert.Equal((2, 0.001), ((LearnOptions)Stage("learn[epochs=2,rate=1e-3]").Bind(_ => Refs.Clips)) is { } o ? (o.Epochs, o.BaseLearningRate) : default);

        PlannedStage Stage(string id) => pipeline.Stages.Single(stage => stage.Id == id);
    }

    [Theory]
    [InlineData("matrix: {seed: 3}", "4:20: draw.matrix.seed: expected a list of values, found '3'.")]
    [InlineData("matrix: {}", "4:13: draw.matrix: expected a mapping of axes to lists, found none.")]
    [InlineData("matrix: {seed: [1, 1]}", "4:24: draw.matrix.seed: '1' is there twice.")]
    [InlineData("matrix: {seed: ['a,b']}", "4:21: draw.matrix.seed: a value cannot have any of [ ] , = $ { }, found the text \"a,b\".")]
    [InlineData("matrix: {seed: [x]}\n    options: {seed: '${matrix.seed}'}", "4:21: draw.seed: expected a whole number from 0, found 'x'.")]
    [InlineData("matrix: {seed: [1, 2]}\n    name: x", "5:11: draw[seed=2] and draw[seed=1] both publish x:latest; give one another 'name' or 'tag'.")]
    [InlineData("matrix: {seed: [1, 2]}\n  learn: {options: {clips: '${draw}'}}", "5:28: learn.clips: ${draw} means 2 stages (draw[seed=1], draw[seed=2]); expected one.")]
    [InlineData("matrix: {seed: [1, 2]}\n  learn: {options: {clips: a, epochs: '${draw.count}'}}", "5:39: ${draw.count} means 2 stages (draw[seed=1], draw[seed=2]); name one of them.")]
    public void Wrong_matrices_are_told_with_their_place(string lines, string expected)
    {
        ConfigurationException e = Assert.Throws<ConfigurationException>(() => Load($"name: tiny\nstages:\n  draw:\n    {lines}\n"));

        Assert.StartsWith(expected, e.Problems[0].ToString()[(_folder.File("p.yaml").Length + 1)..], StringComparison.Ordinal);
    }

    private PipelineFile Load(string yaml, params string[] sets)
    {
        File.WriteAllText(_folder.File("p.yaml"), yaml);
        return PipelineFile.Load(_folder.File("p.yaml"), Workshop.Stages, sets);
    }
}

internal static class Refs
{
    public static Unreel.Artifacts.ArtifactRef Clips { get; } =
        new(Unreel.Artifacts.ArtifactKind.Clips, "some", Unreel.Artifacts.Digest.Of("some"u8));
}
