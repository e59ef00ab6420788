using System.Globalization;
using System.Text.RegularExpressions;
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
        { "a: | b:", "● a\n\n● b" },
        { "a: | b: a | d: | e: a d", "●   a\n├─┐\n│ ● b\n│\n│ ● d\n├─┘\n●   e" },
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

    [Theory]
    [InlineData("a: | b: a | c: b | d: a c")]
    [InlineData("a: | b: a | c: b | d: c | e: a b d | f: a | g: e f b")]
    public void Svg_leads_no_edge_under_a_box_and_gives_each_a_head(string graph)
    {
        RunOutcome[] outcomes = [.. Plan(graph).Select(stage => new RunOutcome { Stage = stage, State = StageState.WouldRun, Reason = "new" })];
        XElement svg = XDocument.Parse(GraphSvg.Draw("g", outcomes)).Root!;
        XNamespace ns = svg.Name.Namespace;
        (double X, double Y, double Width, double Height)[] boxes = [.. svg.Descendants(ns + "rect").Select(box => (Number(box, "x"), Number(box, "y"), Number(box, "width"), Number(box, "height")))];
        XElement[] edges = [.. svg.Elements(ns + "path")];

        Assert.Equal(outcomes.Sum(outcome => outcome.Stage.Dependencies.Count), edges.Length);
        foreach (XElement edge in edges)
        {
            Assert.Equal("url(#head)", edge.Attribute("marker-end")!.Value);
            foreach ((double x, double y) in Points(edge.Attribute("d")!.Value))
            {
                Assert.DoesNotContain(boxes, box => x > box.X && x < box.X + box.Width && y > box.Y && y < box.Y + box.Height);
                Assert.InRange(y, 0, Number(svg, "height"));
            }
        }

        static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
    }

    /// <summary>Points along a path of M, C and H.</summary>
    private static IEnumerable<(double X, double Y)> Points(string path)
    {
        (double x, double y) = (0, 0);
        foreach (Match part in Regex.Matches(path, "([MCH])([^MCH]+)"))
        {
            double[] n = [.. part.Groups[2].Value.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
            (double X, double Y)[] way = part.Groups[1].Value switch
            {
                "M" => [(n[0], n[1]), (n[0], n[1]), (n[0], n[1]), (n[0], n[1])],
                "H" => [(x, y), (x, y), (n[0], y), (n[0], y)],
                _ => [(x, y), (n[0], n[1]), (n[2], n[3]), (n[4], n[5])],
            };
            for (int step = 0; step <= 32; step++)
            {
                double t = step / 32.0, u = 1 - t;
                double[] weights = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
                yield return (way.Zip(weights, (point, weight) => point.X * weight).Sum(), way.Zip(weights, (point, weight) => point.Y * weight).Sum());
            }

            (x, y) = way[^1];
        }
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
