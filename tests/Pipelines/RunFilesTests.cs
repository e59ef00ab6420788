using System.Xml.Linq;
using Unreel.Testing;

namespace Unreel.Pipelines.Tests;

/// <summary>What a run leaves for CI systems to read.</summary>
public sealed class RunFilesTests
{
    private const string Three = "name: tiny\nstages:\n  draw: {}\n  learn: {options: {clips: '${draw}'}}\n  other: {stage: draw, options: {seed: 9}}\n";

    [Fact]
    public async Task Junit_has_a_test_case_for_each_stage()
    {
        await using Workshop shop = new(Three);
        shop.Script.Step = (stage, _, _, _) => stage == "learn" ? throw new GateRefusedException("0.3 < 0.5 & \u0001 bad") : Task.CompletedTask;

        RunReport report = await shop.RunAsync();
        JUnitReport.Write(shop.File("out", "junit.xml"), report);
        XElement suite = XDocument.Load(shop.File("out", "junit.xml")).Root!.Element("testsuite")!;

        Assert.Equal(("tiny", "3", "1", "0", "1"), (suite.Attribute("name")!.Value, suite.Attribute("tests")!.Value, suite.Attribute("failures")!.Value, suite.Attribute("errors")!.Value, suite.Attribute("skipped")!.Value));
        Assert.Equal(["draw", "learn", "other"], suite.Elements("testcase").Select(one => one.Attribute("name")!.Value));
        XElement failure = suite.Elements("testcase").ElementAt(1).Element("failure")!;
        Assert.Equal(("0.3 < 0.5 & \uFFFD bad", "refused"), (failure.Attribute("message")!.Value, failure.Attribute("type")!.Value));
        Assert.Equal("learn did not end well", suite.Elements("testcase").ElementAt(2).Element("skipped")!.Attribute("message")!.Value);
        Assert.Matches(@"^\d+\.\d{3}$", suite.Elements("testcase").First().Attribute("time")!.Value);
    }

    [Fact]
    public void Junit_tells_a_pipeline_that_could_not_begin_as_one_error()
    {
        RunReport report = new([], ExitCodes.Usage, TimeSpan.Zero, new UsageException("there is no file p.yaml"));

        XElement suite = XDocument.Parse(JUnitReport.Text(report)).Root!.Element("testsuite")!;

        Assert.Equal(("1", "1"), (suite.Attribute("tests")!.Value, suite.Attribute("errors")!.Value));
        Assert.Equal("there is no file p.yaml", suite.Element("testcase")!.Element("error")!.Attribute("message")!.Value);
    }

    [Fact]
    public async Task Summary_is_a_table_that_no_message_breaks()
    {
        await using Workshop shop = new(Three);
        shop.Script.Step = (stage, _, _, _) => stage == "learn" ? throw new GateRefusedException("a | b\n<script>alert(1)</script> ![x](http://x) ```\n# no heading") : Task.CompletedTask;

        RunReport report = await shop.RunAsync();
        string text = MarkdownSummary.Text(report);
        string[] rows = [.. text.Split('\n').Where(line => line.StartsWith('|'))];

        Assert.Equal(5, rows.Length);
        Assert.All(rows, row => Assert.Equal(7, row.Count(c => c == '|')));
        Assert.StartsWith("## tiny: stopped with exit code 3", text, StringComparison.Ordinal);
        Assert.Contains("✅ done", rows[2], StringComparison.Ordinal);
        Assert.Contains($"<code>{report.Stages[0].Artifact!.Value.Digest.Hex[..12]}</code>", rows[2], StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", rows[3], StringComparison.Ordinal);
        Assert.DoesNotContain("](", rows[3], StringComparison.Ordinal);
        Assert.Contains("````text\na | b\n", text, StringComparison.Ordinal);
        Assert.Contains(report.Record!.Value.Digest.ToString(), text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Summary_is_added_to_what_is_there()
    {
        using TemporaryFolder folder = new();
        await using Workshop shop = new();
        await File.WriteAllTextAsync(folder.File("summary.md"), "before\n");

        MarkdownSummary.Append(folder.File("summary.md"), await shop.RunAsync());
        MarkdownSummary.Append(folder.File("summary.md"), await shop.RunAsync());

        string text = await File.ReadAllTextAsync(folder.File("summary.md"));
        Assert.StartsWith("before\n## tiny: done in ", text, StringComparison.Ordinal);
        Assert.Contains("## tiny: up to date", text, StringComparison.Ordinal);
    }
}
