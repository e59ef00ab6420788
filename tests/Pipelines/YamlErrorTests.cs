namespace Unreel.Pipelines.Tests;

/// <summary>Each kind of mistake, with the exact place and words it is told with.</summary>
public sealed class YamlErrorTests
{
    public static TheoryData<string, string> Mistakes { get; } = new()
    {
        { "stages: {draw: {}}", "1:1: the pipeline's 'name' is missing; expected lower-case letters and digits with . _ - inside." },
        { "name: Tiny\nstages: {draw: {}}", "1:7: name: 'Tiny' is not a name" },
        { "name: tiny", "1:1: 'stages' is missing; expected a mapping of stages." },
        { "name: tiny\nstages: []", "2:9: stages: expected a mapping of at least one stage, found a list." },
        { "name: tiny\nstages: {}", "2:9: stages: expected a mapping of at least one stage, found none." },
        { "[]", "1:1: the pipeline: expected a mapping (name, store, stages), found a list." },
        { "", "1:1: the pipeline: expected a mapping (name, store, stages), found nothing." },
        { "name: tiny\nstage: {}\nstages: {draw: {}}", "2:1: unknown key 'stage' of the pipeline; did you mean 'stages'? Expected one of: name, store, stages." },
        { "name: tiny\nname: tony\nstages: {draw: {}}", "2:1: duplicate key 'name'; it is there already at FILE:1:1." },
        { "name:\nstages: {draw: {}}", "1:6: the pipeline's name: expected text, found nothing." },
        { "name: tiny\nstages:\n  Draw: {}", "3:3: 'Draw' cannot name a stage" },
        { "name: tiny\nstages:\n  drwa: {}", "3:3: unknown stage 'drwa'; did you mean 'draw'? Expected one of: compare, draw, learn." },
        { "name: tiny\nstages:\n  a:\n    stage: drwa", "4:12: unknown stage 'drwa'; did you mean 'draw'?" },
        { "name: tiny\nstages:\n  draw:\n    option: {}", "4:5: unknown key 'option' of stage draw; did you mean 'options'? Expected one of: stage, name, tag, needs, matrix, resources, options." },
        { "name: tiny\nstages:\n  draw:\n    options: 5", "4:14: draw.options: expected a mapping, found '5'." },
        { "name: tiny\nstages:\n  draw:\n    options:\n      cuont: 5", "5:7: unknown option 'cuont' of draw; did you mean 'count'? Expected one of: count, seed, motion, speed, note, length, workers." },
        { "name: tiny\nstages:\n  draw:\n    options:\n      count: 5\n      count: 6", "6:7: duplicate key 'count'; it is there already at FILE:5:7." },
        { "name: tiny\nstages:\n  draw:\n    options:\n      count: many", "5:14: draw.count: expected a whole number, found 'many'." },
        { "name: tiny\nstages:\n  draw:\n    options:\n      count: \"5\"", "5:14: draw.count: expected a whole number, found the text \"5\"." },
        { "name: tiny\nstages:\n  draw:\n    options:\n      count: 5.5", "5:14: draw.count: expected a whole number, found '5.5'." },
        { "name: tiny\nstages:\n  draw:\n    options:\n      count: 99999999999", "5:14: draw.count: expected a whole number, found '99999999999'." },
        { "name: tiny\nstages:\n  draw:\n    options:\n      count: 0", "5:14: draw.count: expected 1 to 100, found '0'." },
        { "name: tiny\nstages:\n  draw:\n    options:\n      seed: -1", "5:13: draw.seed: expected a whole number from 0, found '-1'." },
        { "name: tiny\nstages:\n  draw:\n    options:\n      speed: 1,5", "5:14: draw.speed: expected a number, found '1,5'." },
        { "name: tiny\nstages:\n  draw:\n    options:\n      speed: .nan", "5:14: draw.speed: expected a number, found '.nan'." },
        { "name: tiny\nstages:\n  draw:\n    options:\n      motion: sideways", "5:15: draw.motion: expected one of straight, round-and-round, found 'sideways'." },
        { "name: tiny\nstages:\n  draw:\n    options:\n      length: 5 minutes", "5:15: draw.length: expected a duration such as 90s, 5m or 1h30m, found '5 minutes'." },
        { "name: tiny\nstages:\n  draw:\n    options:\n      note:", "5:12: draw.note: expected text, found nothing." },
        { "name: tiny\nstages:\n  draw:\n    options:\n      note: [a]", "5:13: draw.note: expected text, found a list." },
        { "name: tiny\nstages:\n  draw:\n    options:\n      note: !secret a", "5:13: anchors and tags are not supported" },
        { "name: tiny\nstages:\n  draw:\n    options: &all\n      count: 2", "4:14: anchors and tags are not supported" },
        { "name: tiny\nstages:\n  learn: {}", "3:3: learn.clips is missing; expected an artifact (kind/name:tag), a path or ${stage}." },
        { "name: tiny\nstages:\n  learn:\n    options:\n      clips: a\n      flip: yes", "6:13: learn.flip: expected true or false, found 'yes'." },
        { "name: tiny\nstages:\n  learn:\n    options:\n      clips: a\n      split: 0.5", "6:14: learn.split: expected a mapping (share, holdout), found '0.5'." },
        { "name: tiny\nstages:\n  learn:\n    options:\n      clips: a\n      split:\n        shaer: 1", "7:9: unknown option 'shaer' of learn.split; did you mean 'share'? Expected one of: share, holdout." },
        { "name: tiny\nstages:\n  learn:\n    options:\n      clips: a\n      split:\n        share: 1", "7:16: learn.split.share: expected 0 to 1, above 0, below 1, found '1'." },
        { "name: tiny\nstages:\n  learn:\n    options:\n      clips: a\n      split: {holdout: '(x'}", "6:24: learn.split: expected a closed pattern, found '(x'." },
        { "name: tiny\nstages:\n  learn:\n    options:\n      clips: a\n      widths: 8", "6:15: learn.widths: expected a list of numbers, found '8'." },
        { "name: tiny\nstages:\n  learn:\n    options:\n      clips: a\n      widths: [8, x]", "6:19: learn.widths[1]: expected a whole number, found 'x'." },
        { "name: tiny\nstages:\n  learn:\n    options:\n      clips: a\n      weights: {a: 1, b: c}", "6:26: learn.weights.b: expected a number, found 'c'." },
        { "name: tiny\nstages:\n  compare:\n    options: {models: [a], labels: []}", "4:36: The field compare.labels must be a string or array type with a minimum length of '1'; found a list." },
        { "name: tiny\nstages:\n  draw:\n    needs: learn", "4:12: draw.needs: expected a list of stages, found 'learn'." },
        { "name: tiny\nstages:\n  draw:\n    needs: [lern]", "4:13: there is no stage 'lern'. Expected one of: draw." },
        { "name: tiny\nstages:\n  draw:\n    tag: a b", "3:3: the artifact of draw: 'a b' is not a tag" },
        { "name: tiny\nstages:\n  draw:\n    options: {note: [}", "4:22: this is not YAML:" },
        { "name: tiny\nstages:\n  learn:\n    options: {clips: ${draw}}\n", "4:23: this is not YAML: " },
        { "name: tiny\nstages: {draw: {}}\n---\nname: other", "3:1: a second document begins here; expected one." },
        { "name: tiny\nstages:\n  draw:\n    options:\n\tcount: 1", "5:1: this is not YAML:" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Tells_place_expected_and_found(string yaml, string expected)
    {
        using Unreel.Testing.TemporaryFolder folder = new();
        string file = folder.File("p.yaml");
        File.WriteAllText(file, yaml);

        ConfigurationException e = Assert.Throws<ConfigurationException>(() => PipelineFile.Load(file, Workshop.Stages));

        Assert.StartsWith("FILE:" + expected, e.Problems[0].ToString().Replace(file, "FILE", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Tells_all_mistakes_together_in_order()
    {
        using Unreel.Testing.TemporaryFolder folder = new();
        string file = folder.File("p.yaml");
        File.WriteAllText(file, "name: tiny\nstages:\n  draw:\n    options:\n      cuont: 1\n      speed: fast\n  learn:\n    options:\n      epochs: 0\n");

        ConfigurationException e = Assert.Throws<ConfigurationException>(() => PipelineFile.Load(file, Workshop.Stages));

        Assert.Equal(["5:7", "6:14", "9:15", "9:7"], e.Problems.Select(problem => problem.Where[(file.Length + 1)..]));
        Assert.Equal(4, e.Message.Split('\n').Length);
    }

    [Fact]
    public void A_file_that_is_not_there_is_a_usage_error_naming_it()
    {
        UsageException e = Assert.Throws<UsageException>(() => PipelineFile.Load("no/such.yaml", Workshop.Stages));

        Assert.Contains("no/such.yaml", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_single_slip_of_a_finger_loads_or_is_a_problem_with_a_place()
    {
        using Unreel.Testing.TemporaryFolder folder = new();
        string file = folder.File("p.yaml");
        for (int i = 0; i < Workshop.TwoStages.Length; i++)
        {
            foreach (string slip in (string[])["", "\t", "{", "]", "'", ":", "&", "$", "\0"])
            {
                File.WriteAllText(file, Workshop.TwoStages[..i] + slip + Workshop.TwoStages[(i + 1)..]);
                Exception? e = Record.Exception(() => PipelineFile.Load(file, Workshop.Stages));
                Assert.True(e is null or ConfigurationException, $"{slip} at {i}: {e}");
                Assert.All((e as ConfigurationException)?.Problems ?? [], problem => Assert.Matches(@":[1-9][0-9]*:[1-9][0-9]*$", problem.Where));
            }
        }
    }

    [Fact]
    public void A_reference_without_quotes_where_they_are_needed_says_so()
    {
        using Unreel.Testing.TemporaryFolder folder = new();
        string file = folder.File("p.yaml");
        File.WriteAllText(file, "name: tiny\nstages:\n  learn:\n    options: {clips: ${draw}}\n");

        ConfigurationException e = Assert.Throws<ConfigurationException>(() => PipelineFile.Load(file, Workshop.Stages));

        Assert.EndsWith("Inside { } and [ ], a value with ${…} needs quotes.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_refused_before_it_overflows_the_stack()
    {
        using Unreel.Testing.TemporaryFolder folder = new();
        string file = folder.File("p.yaml");
        File.WriteAllText(file, "name: " + new string('[', 5000));

        ConfigurationException e = Assert.Throws<ConfigurationException>(() => PipelineFile.Load(file, Workshop.Stages));

        Assert.Contains("deep", e.Message, StringComparison.Ordinal);
    }
}
