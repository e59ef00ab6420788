using System.Text;
using Unreel.Serve.Classify;
using Unreel.Serve.Scoring;

namespace Unreel.Serve.Tests;

public sealed class CsvTests
{
    [Theory]
    [InlineData("plain.mp4", "plain.mp4")]
    [InlineData("a,b.mp4", "\"a,b.mp4\"")]
    [InlineData("say \"hi\".mp4", "\"say \"\"hi\"\".mp4\"")]
    [InlineData("two\nlines.mp4", "\"two\nlines.mp4\"")]
    [InlineData("two\r\nlines", "\"two\r\nlines\"")]
    [InlineData("\"", "\"\"\"\"")]
    [InlineData("", "")]
    [InlineData("été 漢字.mp4", "été 漢字.mp4")]
    public void Fields_are_quoted_as_RFC_4180_says_and_read_back(string field, string written)
    {
        string record = CsvText.Record([field, "x", field]);

        Assert.Equal($"{written},x,{written}\r\n", record);
        (List<string> fields, int end) = Assert.Single(CsvText.Records(Encoding.UTF8.GetBytes(record)));
        Assert.Equal([field, "x", field], fields);
        Assert.Equal(Encoding.UTF8.GetByteCount(record), end);
    }

    [Fact]
    public void A_torn_record_is_left_out_wherever_it_is_torn()
    {
        byte[] whole = Encoding.UTF8.GetBytes(CsvText.Record(["a\r\nb", "1"]) + CsvText.Record(["c,\"d\"", "2"]));
        int first = Encoding.UTF8.GetByteCount(CsvText.Record(["a\r\nb", "1"]));

        for (int length = 0; length <= whole.Length; length++)
            Assert.Equal(length < first ? 0 : length < whole.Length ? 1 : 2, CsvText.Records(whole.AsSpan(0, length)).Count);
    }

    [Fact]
    public void A_row_names_its_labels_and_figures()
    {
        CsvScores format = new(2);

        Assert.Equal("file,label,probability,label_2,probability_2,duration,frames,error\r\n", format.Header);
        Assert.Equal("a.mp4,walk,0.750000,run,0.250000,1.5,36,\r\n", format.Write(new ScoreRow("a.mp4", [new Prediction("walk", .75f), new Prediction("run", .25f)], 1.5, 36, null)));
        Assert.Equal("b.mp4,,,,,,,\"broken, sadly\"\r\n", format.Write(new ScoreRow("b.mp4", [], null, null, "broken, sadly")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rows_are_found_again(bool json)
    {
        IScoreFormat format = json ? new JsonLineScores() : new CsvScores(1);
        string good = format.Write(new ScoreRow("a,\n.mp4", [new Prediction("walk", .75f)], 1.5, 36, null)), bad = format.Write(new ScoreRow("b.mp4", [], null, null, "broken"));
        byte[] bytes = Encoding.UTF8.GetBytes(format.Header + good + bad + good[..5]);

        IReadOnlyList<FinishedRow> rows = format.Read(bytes);

        Assert.Equal([("a,\n.mp4", false), ("b.mp4", true)], rows.Select(row => (row.File, row.Failed)));
        Assert.Equal(Encoding.UTF8.GetByteCount(format.Header + good + bad), rows[^1].End);
    }

    [Fact]
    public void Rows_with_other_columns_are_refused()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(new CsvScores(2).Header);
        FormatException problem = Assert.Throws<FormatException>(() => new CsvScores(3).Read(bytes));
        Assert.Contains("label_3", problem.Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => new JsonLineScores().Read("not json\n"u8));
    }
}
