using System.Text.Json.Nodes;
using System.Xml.Linq;
using Unreel.Video;

namespace Unreel.Evaluate.Tests;

public sealed class ScorecardTests
{
    // Worked by hand: a has 3 clips of which 2 are found, b has 1 that is called a, c has 2 of which 1 is found, d has none.
    private static readonly string[] Labels = ["a", "b", "c", "d", "e", "f"];

    private static readonly ClipPrediction[] Predictions =
    [
        new("1", 0, [.5f, .1f, .1f, .1f, .1f, .1f]),
        new("2", 0, [.4f, .2f, .1f, .1f, .1f, .1f]),
        new("3", 0, [.1f, .1f, .4f, .2f, .1f, .1f]),
        new("4", 1, [.5f, .05f, .1f, .1f, .15f, .1f]),
        new("5", 2, [.1f, .1f, .5f, .1f, .1f, .1f]),
        new("6", 2, [.2f, .2f, .2f, .2f, .1f, .1f]),
    ];

    private static readonly Scorecard Card = Scorecard.Of(Labels, Predictions);

    [Fact]
    public void Figures_are_those_worked_by_hand()
    {
        Assert.Equal(3.0 / 6, Card.Top1, 1e-12);
        Assert.Equal(5.0 / 6, Card.Top5, 1e-12);
        Assert.Equal(((2.0 / 3) + 0 + (1.0 / 2)) / 3, Card.MeanPerClass, 1e-12);
        Assert.Equal(1.0 / 6, Card.Chance, 1e-12);
        Assert.Equal(3.0 / 6, Card.Majority, 1e-12);
    }

    [Fact]
    public void Classes_have_recall_and_precision_where_they_are_defined()
    {
        Assert.Equal(new ClassScore("a", 3, 2, 4), Card.Classes[0]);
        Assert.Equal(2.0 / 3, Card.Classes[0].Recall!.Value, 1e-12);
        Assert.Equal(2.0 / 4, Card.Classes[0].Precision!.Value, 1e-12);
        Assert.Equal((0.0, null), (Card.Classes[1].Recall, Card.Classes[1].Precision));
        Assert.Equal((null, null), (Card.Classes[3].Recall, Card.Classes[3].Precision));
    }

    [Fact]
    public void Confusion_counts_true_by_predicted()
    {
        int[,] expected = new int[6, 6];
        (expected[0, 0], expected[0, 2], expected[1, 0], expected[2, 2], expected[2, 0]) = (2, 1, 1, 1, 1);
        Assert.Equal(expected, Card.Confusion);
        Assert.Equal(Predictions.Length, Card.Confusion.Cast<int>().Sum());
    }

    [Fact]
    public void Of_equal_probabilities_the_first_class_comes_first()
    {
        Assert.Equal(0, new ClipPrediction("x", 0, [.25f, .25f, .5f - .25f, .25f]).Rank);
        Assert.Equal(3, new ClipPrediction("x", 3, [.25f, .25f, .25f, .25f]).Rank);
        Assert.Equal(0, new ClipPrediction("x", 3, [.25f, .25f, .25f, .25f]).Predicted);
    }

    [Fact]
    public void Predictions_that_do_not_fit_the_labels_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Scorecard.Of(Labels, []));
        Assert.Throws<ArgumentException>(() => Scorecard.Of(Labels, [new("x", 0, [1f])]));
        Assert.Throws<ArgumentException>(() => Scorecard.Of(["a"], [new("x", 1, [1f])]));
    }

    [Fact]
    public void The_json_says_what_the_card_says()
    {
        JsonNode json = JsonNode.Parse(ReportJson.Write(Report()))!;

        Assert.Equal(.5, (double)json["top1"]!);
        Assert.Equal(.833333, (double)json["top5"]!);
        Assert.Equal([2, 0, 1, 0, 0, 0], json["confusion"]![0]!.AsArray().Select(count => (int)count!));
        Assert.Equal(("4", "b", "a", 6), ((string)json["predictions"]![3]!["clip"]!, (string)json["predictions"]![3]!["label"]!, (string)json["predictions"]![3]!["predicted"]!, (int)json["predictions"]![3]!["rank"]!));
        Assert.Equal("torn", (string)json["failures"]![0]!["reason"]!);
        Assert.Null(json["classes"]![3]!["recall"]);
    }

    [Fact]
    public void The_markdown_has_tables_that_hold_their_columns()
    {
        string text = ReportText.Write(Report());

        Assert.Contains("| top-1 | 50.0 % |", text, StringComparison.Ordinal);
        Assert.Contains("| a | 3 | 2 | 66.7 % | 50.0 % |", text, StringComparison.Ordinal);
        Assert.Contains("| **a** | 2 | · | 1 | · | · | · |", text, StringComparison.Ordinal);
        Assert.Contains("- broken.avi: torn", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_picture_is_well_formed_and_shows_every_count()
    {
        Scorecard card = Scorecard.Of(["<a>", "b & c"], [new("1", 0, [.9f, .1f]), new("2", 1, [.9f, .1f])]);

        XElement svg = XElement.Parse(ConfusionPicture.Draw(card.Labels, card.Confusion));

        string[] texts = [.. svg.Descendants().Where(each => each.Name.LocalName == "text").Select(each => each.Value)];
        Assert.Equal(2, texts.Count(text => text == "1"));
        Assert.Contains("<a>", texts);
        Assert.Contains("b & c", texts);
    }

    private static EvaluationReport Report() => new()
    {
        Model = "onnx/tiny",
        ModelDigest = "sha256:00",
        Clips = "clips",
        Part = "test",
        Views = 2,
        Scorecard = Card,
        Failures = [new ClipFailure("broken.avi", "torn")],
    };
}
