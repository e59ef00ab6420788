using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Unreel.Artifacts;
using Unreel.Serve.Registry;

namespace Unreel.Serve.Tests.Registry;

/// <summary>How the content of files is made to be looked at.</summary>
public sealed class LookTests
{
    [Theory]
    [InlineData("# A\n### B", "<h3>A</h3>\n<h4>B</h4>")]
    [InlineData("a **b** *c* `d<e`", "<p>a <strong>b</strong> <em>c</em> <code>d&lt;e</code></p>")]
    [InlineData("snake_case_name 2*3*4", "<p>snake_case_name 2<em>3</em>4</p>")]
    [InlineData("- a\n- b\n  - c\n", "<ul><li>a</li><li><p>b</p>\n<ul><li>c</li></ul></li></ul>")]
    [InlineData("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>")]
    [InlineData("> a\n> b", "<blockquote><p>a\nb</p></blockquote>")]
    [InlineData("```\n<b>\n# no\n```\nx", "<pre tabindex=\"0\"><code>&lt;b&gt;\n# no</code></pre>\n<p>x</p>")]
    [InlineData("a\n\n---\n\nb", "<p>a</p>\n<hr>\n<p>b</p>")]
    [InlineData("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>")]
    [InlineData("[x](javascript:alert(1))", "<p>x</p>")]
    [InlineData("[x](JaVaScRiPt:alert(1)) [y](data:text/html,a) [z](//evil.example)", "<p>x y z</p>")]
    [InlineData("[x](https://a.example/?q=\"><script>)", "<p><a href=\"https://a.example/?q=&quot;&gt;&lt;script&gt;\" rel=\"noopener noreferrer nofollow\">x</a></p>")]
    [InlineData("<https://a.example>", "<p><a href=\"https://a.example\" rel=\"noopener noreferrer nofollow\">https://a.example</a></p>")]
    [InlineData("![p](https://a.example/p.png)", "<p><a href=\"https://a.example/p.png\" rel=\"noopener noreferrer nofollow\">p</a></p>")]
    [InlineData("\\*no\\* \\<b>", "<p>*no* &lt;b&gt;</p>")]
    [InlineData("**never closed and `neither", "<p>**never closed and `neither</p>")]
    public void Markdown_is_shown_and_html_in_it_is_text(string text, string expected) => Assert.Equal($"<div class=\"markdown\">{expected}</div>", Show(text));

    [Fact]
    public void Markdown_shows_pictures_and_files_of_its_own_artifact_only()
    {
        string shown = Show("![c](confusion.svg) [r](./report.json) ![o](other.png) ![j](report.json)");

        string root = $"/registry/blobs/weights/w/{Digest.Of([])}";
        Assert.Contains($"<img src=\"{root}/confusion.svg\" alt=\"c\"", shown, StringComparison.Ordinal);
        Assert.Contains($"<a href=\"{root}/report.json\">r</a> o <a href=\"{root}/report.json\">j</a>", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData('*')]
    [InlineData('[')]
    [InlineData('`')]
    [InlineData('>')]
    [InlineData('-')]
    [InlineData('(')]
    [InlineData('#')]
    [InlineData('|')]
    [InlineData('\0')]
    public void Hostile_markdown_ends(char letter)
    {
        foreach (string text in (string[])[new(letter, 60_000), string.Concat(Enumerable.Repeat($"{letter} ", 20_000)), string.Concat(Enumerable.Repeat($"{letter}\n", 20_000)), string.Concat(Enumerable.Repeat($"[{letter}](", 10_000))])
            Assert.StartsWith("<div class=\"markdown\">", Show(text), StringComparison.Ordinal);
    }

    [Fact]
    public void Data_before_a_card_is_folded()
    {
        Assert.Contains("<details><summary>Data of the card</summary><pre>license: mit</pre></details><h3>A</h3>", Show("---\nlicense: mit\n---\n# A"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"step\":0,\"loss\":1}\n{\"step\":1,\"loss\":2}", "loss:0=1 1=2")]
    [InlineData("{\"step\":0,\"loss\":1,\"parts\":{\"a\":3}}\n\n{\"step\":5,\"loss\":2,\"parts\":{\"a\":4}}\n{\"st", "loss:0=1 5=2|parts.a:0=3 5=4")]
    [InlineData("{\"epoch\":0.5,\"top1\":0.1}\n{\"epoch\":1,\"top1\":0.2}", "top1:0.5=0.1 1=0.2")]
    [InlineData("{\"file\":\"a\",\"label\":\"b\"}\n", "")]
    [InlineData("{\"step\":\"x\"}\n[]\n", "")]
    [InlineData("", "")]
    public void Curves_are_found_in_lines(string text, string expected) => Assert.Equal(expected, Told(CurveReader.ReadLines(Encoding.UTF8.GetBytes(text))));

    [Theory]
    [InlineData("epoch,top1,name\n1,0.5,a\n2,0.75,b\n", "top1:1=0.5 2=0.75")]
    [InlineData("fold,top1\n1,0.5\n2,0.6\n", "")]
    [InlineData("step,loss\n1,NaN\n2,1\n3,2\n4\n", "loss:2=1 3=2")]
    public void Curves_are_found_in_tables(string text, string expected) => Assert.Equal(expected, Told(CurveReader.ReadTable(TableReader.Read(Encoding.UTF8.GetBytes(text)))));

    [Fact]
    public void A_picture_of_a_curve_stays_within_its_frame()
    {
        Curve[] curves =
        [
            new("many", "step", [.. Enumerable.Range(0, 100_000).Select(step => ((double)step, Math.Sin(step)))]),
            new("flat", "step", [(0, 5), (1, 5)]),
            new("tiny", "step", [(0, 1e-300), (1, 2e-300)]),
            new("huge", "step", [(0, -1e300), (1e300, 1e300)]),
            new("one place", "step", [(3, 1), (3, 2)]),
        ];

        string drawn = CurvePicture.Of(curves).Text;

        Assert.InRange(drawn.Length, 1000, 60_000);
        foreach (Match point in Regex.Matches(drawn, "[ML](-?[0-9.E+]+) (-?[0-9.E+]+)"))
        {
            Assert.InRange(double.Parse(point.Groups[1].Value, CultureInfo.InvariantCulture), 0, 560);
            Assert.InRange(double.Parse(point.Groups[2].Value, CultureInfo.InvariantCulture), 0, 240);
        }
    }

    [Theory]
    [InlineData("""{"confusion":[[1,0],[0,1]],"labels":["a","b"]}""", "a b")]
    [InlineData("""{"confusion":[[1,0],[0,1]],"labels":["a"]}""", "0 1")]
    [InlineData("""{"confusion":[[1,0],[0]]}""", null)]
    [InlineData("""{"confusion":[[0.5]]}""", null)]
    [InlineData("""{"confusion":"x"}""", null)]
    [InlineData("""{"confusion":[1,2]}""", null)]
    [InlineData("[]", null)]
    [InlineData("no", null)]
    public void Confusion_is_read_where_it_is_one(string text, string? labels) =>
        Assert.Equal(labels, ConfusionLook.Read(Encoding.UTF8.GetBytes(text)) is { } look ? string.Join(' ', look.Labels) : null);

    [Fact]
    public void Of_many_classes_the_mistakes_are_listed()
    {
        long[][] counts = [.. Enumerable.Range(0, 400).Select(row => Enumerable.Range(0, 400).Select(column => row == column ? 9L : row == 7 && column == 8 ? 5 : 0).ToArray())];

        string shown = new ConfusionLook([.. Enumerable.Range(0, 400).Select(number => $"class{number}")], counts).Show().Text;

        Assert.Contains("<td>class7</td><td>class8</td><td class=\"number\">5</td>", shown, StringComparison.Ordinal);
        Assert.InRange(shown.Length, 100, 5000);
    }

    [Fact]
    public void Any_json_becomes_tables()
    {
        string shown = JsonLook.Of("r.json", """{"top1":0.5,"deep":{"a":{"b":"<x>"}},"rows":[{"label":"a","n":1},{"label":"b","n":2,"list":[1,2]}],"empty":[],"none":null,"flag":true}"""u8.ToArray()).Text;

        Assert.Contains("<th scope=\"row\">deep.a.b</th><td>&lt;x&gt;</td>", shown, StringComparison.Ordinal);
        Assert.Contains("<th scope=\"col\" class=\"number\">n</th>", shown, StringComparison.Ordinal);
        Assert.Contains("<td>a</td><td class=\"number\">1</td><td></td>", shown, StringComparison.Ordinal);
        Assert.Contains("<td>1, 2</td>", shown, StringComparison.Ordinal);
        Assert.Contains("<td>yes</td>", shown, StringComparison.Ordinal);
        Assert.Contains("is not JSON", JsonLook.Of("r.json", "{"u8.ToArray()).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a,b\n1,\"x,\"\"y\"\"\nz\"\n", "a|b;1|x,\"y\"\nz")]
    [InlineData("s000.mp4 walk\r\ns001.mp4 run", "s000.mp4|walk;s001.mp4|run")]
    [InlineData("", "")]
    [InlineData("a,\"never closed\n1,2", "a|never closed\n1,2")]
    public void Tables_are_read(string text, string expected) => Assert.Equal(expected, string.Join(';', TableReader.Read(Encoding.UTF8.GetBytes(text)).Select(row => string.Join('|', row))));

    private static string Told(IReadOnlyList<Curve> curves) =>
        string.Join('|', curves.Select(curve => $"{curve.Name}:{string.Join(' ', curve.Points.Select(point => FormattableString.Invariant($"{point.X}={point.Y}")))}"));

    private static string Show(string text)
    {
        Descriptor Layer(string title, string type) => new() { Digest = Digest.Of([]), MediaType = type, Size = 0, Annotations = new() { [Descriptor.TitleAnnotation] = title } };
        Manifest manifest = new() { ArtifactType = "a", Config = Layer("c", "c"), Layers = [Layer("confusion.svg", "image/svg+xml"), Layer("report.json", "application/json")] };
        return new MarkdownLook(new Artifact(new ArtifactRef(ArtifactKind.Weights, "w", Digest.Of([])), manifest, new Lineage { Stage = "put" })).Show(Encoding.UTF8.GetBytes(text)).Text;
    }
}
