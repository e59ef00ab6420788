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
        RecordReader records = new(new MemoryStream(Encoding.UTF8.GetBytes(record)), quotes: true);
        Assert.True(records.TryRead(out ReadOnlyMemory<byte> line));
        Assert.Equal([field, "x", field], CsvText.Fields(line.Span));
        Assert.Equal(Encoding.UTF8.GetByteCount(record), records.End);
        Assert.False(records.TryRead(out _));
    }

    [Fact]
    public void A_torn_record_is_left_out_wherever_it_is_torn()
    {
        byte[] whole = Encoding.UTF8.GetBytes(CsvText.Record(["a\r\nb", "1"]) + CsvText.Record(["c,\"d\"", "2"]));
        int first = Encoding.UTF8.GetByteCount(CsvText.Record(["a\r\nb", "1"]));

        for (int length = 0; length <= whole.Length; length++)
            Assert.Equal(length < first ? 0 : length < whole.Length ? 1 : 2, Count(whole[..length]));
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

        FinishedRow[] rows = [.. format.Read(new MemoryStream(bytes))];

        Assert.Equal([("a,\n.mp4", null), ("b.mp4", "broken")], rows.Select(row => (row.File, row.Error)));
        Assert.Equal(["walk"], rows[0].Labels);
        Assert.Equal(Encoding.UTF8.GetByteCount(format.Header + good + bad), rows[^1].End);
    }

    [Fact]
    public void Rows_with_other_columns_are_refused()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(new CsvScores(2).Header);
        FormatException problem = Assert.Throws<FormatException>(() => new CsvScores(3).Read(new MemoryStream(bytes)).Count());
        Assert.Contains("label_3", problem.Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => new JsonLineScores().Read(new MemoryStream("not json\n"u8.ToArray())).Count());
    }

    [Fact]
    public void True_labels_have_columns_of_their_own()
    {
        ScoreRow row = new("a.mp4", [new Prediction("walk", .75f)], 1.5, 36, null) { Truth = "run", Correct = false };

        Assert.Equal("file,label,probability,duration,frames,error,truth,correct\r\n", new CsvScores(1, truth: true).Header);
        Assert.Equal("a.mp4,walk,0.750000,1.5,36,,run,false\r\n", new CsvScores(1, truth: true).Write(row));
        string line = new JsonLineScores(truth: true).Write(row);
        Assert.EndsWith("\"error\":null,\"truth\":\"run\",\"correct\":false}\n", line, StringComparison.Ordinal);
        Assert.Equal("run", Assert.Single(new JsonLineScores(truth: true).Read(new MemoryStream(Encoding.UTF8.GetBytes(line)))).Truth);
        Assert.Throws<FormatException>(() => new JsonLineScores().Read(new MemoryStream(Encoding.UTF8.GetBytes(line))).Count());
    }

    [Fact]
    public void Long_lines_are_read_and_endless_ones_refused()
    {
        byte[] bytes = Encoding.UTF8.GetBytes($"{new string('a', 300_000)}\nb\n");
        RecordReader lines = new(new MemoryStream(bytes), quotes: false);

        Assert.True(lines.TryRead(out ReadOnlyMemory<byte> first));
        Assert.Equal((300_001, 300_001L), (first.Length, lines.End));
        Assert.True(lines.TryRead(out ReadOnlyMemory<byte> second));
        Assert.Equal((2, (long)bytes.Length), (second.Length, lines.End));
        Assert.Throws<FormatException>(() => new RecordReader(new MemoryStream(new byte[RecordReader.MaxBytes + 1]), quotes: false).TryRead(out _));
    }

    private static int Count(byte[] bytes)
    {
        RecordReader records = new(new MemoryStream(bytes), quotes: true);
        int count = 0;
        while (records.TryRead(out _))
            count++;
        return count;
    }
}
