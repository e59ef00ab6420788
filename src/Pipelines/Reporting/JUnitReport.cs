using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Unreel.Pipelines;

/// <summary>A run as the XML that CI systems read test results from: one test case a stage.</summary>
/// <remarks>What ran and what was up to date passes, what was left out is skipped, a refused or failed stage is a failure and a cancelled one an error.</remarks>
public static class JUnitReport
{
    /// <summary>Writes a report to a file, replacing what was there.</summary>
    /// <param name="path">The file; its folder is made.</param>
    /// <param name="report">What became of the run.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, RunReport report) => AtomicFile.Write(Path.GetFullPath(path), Encoding.UTF8.GetBytes(Text(report)));

    /// <summary>The XML document.</summary>
    public static string Text(RunReport report)
    {
        string pipeline = report.Pipeline ?? "pipeline";
        List<XElement> cases = [.. report.Stages.Select(outcome => Case(pipeline, outcome))];
        if (report.Error is { } error)
            cases.Add(new XElement("testcase", new XAttribute("classname", pipeline), new XAttribute("name", "pipeline"), new XAttribute("time", Seconds(TimeSpan.Zero)), Problem("error", error.Message, "could not begin")));

        int Count(string element) => cases.Count(one => one.Element(element) is not null);
        XElement suite = new(
            "testsuite",
            new XAttribute("name", pipeline),
            new XAttribute("tests", cases.Count),
            new XAttribute("failures", Count("failure")),
            new XAttribute("errors", Count("error")),
            new XAttribute("skipped", Count("skipped")),
            new XAttribute("time", Seconds(report.Duration)),
            report.Started is { } started ? new XAttribute("timestamp", started.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture)) : null,
            cases);
        return $"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{new XElement("testsuites", suite)}\n";
    }

    private static XElement Case(string pipeline, RunOutcome outcome) => new(
        "testcase",
        new XAttribute("classname", pipeline),
        new XAttribute("name", Clean(outcome.Stage.Id)),
        new XAttribute("time", Seconds(outcome.Duration)),
        outcome.State switch
        {
            StageState.Failed or StageState.Refused => Problem("failure", outcome.Reason, RunText.Of(outcome.State)),
            StageState.Cancelled => Problem("error", outcome.Reason, RunText.Of(outcome.State)),
            StageState.Skipped or StageState.WouldRun => new XElement("skipped", new XAttribute("message", Clean(outcome.Reason))),
            _ => new XElement("system-out", Clean(RunText.Of(outcome))),
        });

    private static XElement Problem(string element, string message, string type) =>
        new(element, new XAttribute("message", Clean(message)), new XAttribute("type", type), Clean(message));

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);

    // A message may quote bytes of a file; XML 1.0 has no place for some characters.
    private static string Clean(string text)
    {
        StringBuilder clean = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (XmlConvert.IsXmlChar(text[i]))
                clean.Append(text[i]);
            else if (i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
                clean.Append(text[i]).Append(text[++i]);
            else
                clean.Append('\uFFFD');
        }

        return SecretText.Hide(clean.ToString());
    }
}
