using System.Xml.Linq;
using Unreel.Testing;

namespace Unreel.Pipelines.Tests;

public sealed class GraphTests
{
    public static TheoryData<string, string> Drawings { get; } = new()
    {
        { "a:", "● a" },
        { "a: | b: a | c: b", "● a\n● b\n● c" },
        { "a: | b: | c: a b", "●   a\n│ ● b\n├─┘\n●   c" },
        { "a: | b: a | c: a | d: b c", "●   a\n├─┐\n│ ● b\n● │ c\n├─┘\n●   d" },
        { "a: | b: | c: a | d: b | e: c d", "●   a\n│ ● b\n● │ c\n│ ● d\n├─┘\n●   e" },
        { "a: | b: | c: | d: a c | e: b", "●     a\n│ ●   b\n│ │ ● c\n├─│─┘\n● │   d\n  ●   e" },
    };

    [Theory]
    [MemberData(nameof(Drawings))]
    public void Stages_stand_below_what_feeds_them(string graph, string expected)
    {
        IReadOnlyList<string> lines = GraphText.Draw(Plan(graph), stage => stage.Id);

        Assert.Equal(expected, string.Join('\n', lines));
    }

    [Fact]
    public async Task Svg_has_a_box_with_its_state_in_words_for_each_stage_and_an_edge_for_each_dependency()
    {
        await using Workshop shop = new();
        shop.Script.Step = (stage, _, _, _) => stage == "learn" ? throw new GateRefusedException("<0.5 & \"bad\"") : Task.CompletedTask;
        RunReport report = await shop.RunAsync();

        XElement svg = XDocument.Parse(GraphSvg.Draw("Pipeline <tiny>", report.Stages)).Root!;
        XNamespace ns = svg.Name.Namespace;

        Assert.Equal(["done", "refused"], svg.Elements(ns + "g").Select(box => box.Attribute("class")!.Value));
        Assert.Equal(["draw", "done", "learn", "refused"], svg.Descendants(ns + "text").Select(text => text.Value));
        Assert.Single(svg.Elements(ns + "path"));
        Assert.Equal("Pipeline <tiny>", svg.Element(ns + "title")!.Value);
        Assert.Equal("learn: refused. <0.5 & \"bad\"", svg.Elements(ns + "g").Last().Element(ns + "title")!.Value);
    }

    /// <summary>Stages from <c>c: a b</c>: c needs a and b.</summary>
    private static IReadOnlyList<PlannedStage> Plan(string graph)
    {
        using TemporaryFolder folder = new();
        IEnumerable<string> stages = graph.Split('|', StringSplitOptions.TrimEntries).Select((text, i) =>
        {
            string[] parts = text.Split(':', StringSplitOptions.TrimEntries);
            string needs = parts[1].Length == 0 ? string.Empty : $"needs: [{parts[1].Replace(" ", ", ", StringComparison.Ordinal)}], ";
            return $"  {parts[0]}: {{stage: draw, {needs}options: {{seed: {i}}}}}\n";
        });
        File.WriteAllText(folder.File("p.yaml"), $"name: g\nstages:\n{string.Concat(stages)}");
        return PipelineFile.Load(folder.File("p.yaml"), Workshop.Stages).Stages;
    }
}
