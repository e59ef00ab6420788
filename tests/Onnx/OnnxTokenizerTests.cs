using Unreel.Testing;

namespace Unreel.Onnx.Tests;

/// <summary>Tokenizers of our own making: the colour of a codebook that is nearest to the mean of each place.</summary>
public sealed class OnnxTokenizerTests : IDisposable
{
    private static readonly float[][] Codebook = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true, 4, null)]
    [InlineData(false, 4, null)]
    [InlineData(true, 8, 24)]
    [InlineData(false, 2, 6)]
    public void Every_place_gets_its_nearest_colour(bool isLogits, int stride, int? fixedSide)
    {
        using OnnxTokenizer tokenizer = OnnxTokenizer.Open(Model(isLogits, stride, fixedSide), new OnnxTokenizerOptions { Grid = 3 });

        Assert.Equal((3 * stride, Codebook.Length), (tokenizer.Side, tokenizer.Codes));
        int[] wanted = [0, 1, 2, 3, 4, 3, 2, 1, 0];
        float[] picture = new float[3 * tokenizer.Side * tokenizer.Side];
        for (int index = 0; index < picture.Length; index++)
        {
            (int channel, int row, int column) = (index / (tokenizer.Side * tokenizer.Side), index / tokenizer.Side % tokenizer.Side, index % tokenizer.Side);
            picture[index] = (0.8f * Codebook[wanted[(row / stride * 3) + (column / stride)]][channel]) + 0.05f;
        }

        Assert.Equal(wanted, tokenizer.Encode(picture));
        Assert.Throws<ArgumentException>(() => tokenizer.Encode(new float[5]));
    }

    [Fact]
    public void A_size_that_is_asked_for_is_taken_where_it_gives_the_grid()
    {
        using OnnxTokenizer tokenizer = OnnxTokenizer.Open(Model(isLogits: true, 4, null), new OnnxTokenizerOptions { Grid = 3, Side = 13 });

        Assert.Equal(13, tokenizer.Side);
    }

    [Fact]
    public void The_number_of_codes_can_be_said()
    {
        string path = Model(isLogits: false, 4, null, codes: null);

        using OnnxTokenizer tokenizer = OnnxTokenizer.Open(path, new OnnxTokenizerOptions { Grid = 3, Codes = 7 });

        Assert.Equal(7, tokenizer.Codes);
        Refused(path, new OnnxTokenizerOptions { Grid = 3 }, "does not say how many there are");
        Refused(Model(isLogits: false, 4, null, codes: "many"), new OnnxTokenizerOptions { Grid = 3 }, "'many' under 'unreel.codes'");
    }

    [Fact]
    public void A_code_beyond_the_number_of_codes_is_named()
    {
        using OnnxTokenizer tokenizer = OnnxTokenizer.Open(Model(isLogits: false, 4, null, codes: "2"), new OnnxTokenizerOptions { Grid = 1 });

        float[] white = [.. Enumerable.Repeat(1f, 3 * 4 * 4)];
        Assert.Contains("gives the code 4; expected 0 to 1", Assert.Throws<OnnxModelException>(() => tokenizer.Encode(white)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Logits_that_are_no_numbers_are_refused()
    {
        using OnnxTokenizer tokenizer = OnnxTokenizer.Open(Model(isLogits: true, 4, null), new OnnxTokenizerOptions { Grid = 1 });

        float[] broken = [.. Enumerable.Repeat(float.NaN, 3 * 4 * 4)];
        Assert.Contains("not finite", Assert.Throws<OnnxModelException>(() => tokenizer.Encode(broken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Grids_that_do_not_fit_are_told_before_anything_is_done()
    {
        Refused(Model(isLogits: true, 4, 16), new OnnxTokenizerOptions { Grid = 3 }, "gives 4x4 codes of pictures of 16x16 pixels; expected 3x3");
        Refused(Model(isLogits: true, 4, 16), new OnnxTokenizerOptions { Grid = 4, Side = 32 }, "takes pictures of 16x16 pixels only");
        Refused(Model(isLogits: true, 4, null), new OnnxTokenizerOptions { Grid = 3, Side = 16 }, "gives 4x4 codes");
        Refused(Model(isLogits: true, 5, null), new OnnxTokenizerOptions { Grid = 3 }, "say which size it needs");
    }

    [Fact]
    public void What_is_no_tokenizer_is_refused()
    {
        Refused(Written("rank", graph => graph.Output("y", graph.Node("Relu", [graph.Input("x", ElementType.Float, "n", 3)]), ElementType.Float, "n", 3)), Any, "takes 'x': Float [any, 3]; a tokenizer takes float pictures");
        Refused(Written("floats", graph => graph.Output("y", graph.Node("ReduceMean", [Pictures(graph, 8)], ("axes", new long[] { 1 }), ("keepdims", 0)), ElementType.Float, "n", 8, 8)), Any, "gives 'y': Float [any, 8, 8]; a tokenizer gives codes, whole numbers");
        Refused(Written("two", TwoOutputs), Any, "has 2 outputs (a, b), none of them called 'codes'");
        Refused(_folder.File("absent.onnx"), Any, "does not exist");
        File.WriteAllText(_folder.File("text.onnx"), "no model");
        Refused(_folder.File("text.onnx"), Any, "cannot be loaded");
    }

    private static OnnxTokenizerOptions Any { get; } = new() { Grid = 2 };

    private static void Refused(string path, OnnxTokenizerOptions options, string expected) =>
        Assert.Contains(expected, Assert.Throws<OnnxModelException>(() => OnnxTokenizer.Open(path, options)).Message, StringComparison.Ordinal);

    private static void TwoOutputs(GraphBuilder graph)
    {
        Value pictures = Pictures(graph, 8);
        graph.Output("a", graph.Node("Relu", [pictures]), ElementType.Float, "n", 3, 8, 8);
        graph.Output("b", graph.Node("Abs", [pictures]), ElementType.Float, "n", 3, 8, 8);
    }

    private static Value Pictures(GraphBuilder graph, int? side) => side is { } fixedSide
        ? graph.Input("pictures", ElementType.Float, "n", 3, fixedSide, fixedSide)
        : graph.Input("pictures", ElementType.Float, "n", 3, "height", "width");

    // Twice the product with a colour less the colour's square: largest for the nearest.
    private string Model(bool isLogits, int stride, int? fixedSide, string? codes = "5") => Written($"{isLogits}{stride}{fixedSide}{codes}", graph =>
    {
        Value mean = graph.Node("AveragePool", [Pictures(graph, fixedSide)], ("kernel_shape", new long[] { stride, stride }), ("strides", new long[] { stride, stride }));
        Value weight = graph.Floats("codebook", [Codebook.Length, 3, 1, 1], Codebook.SelectMany(colour => colour.Select(value => 2 * value)).ToArray());
        Value bias = graph.Floats("squares", [Codebook.Length], Codebook.Select(colour => -colour.Sum(value => value * value)).ToArray());
        Value logits = graph.Node("Conv", [mean, weight, bias], ("kernel_shape", new long[] { 1, 1 }));
        if (isLogits)
            graph.Output("logits", logits, ElementType.Float, "n", Codebook.Length, "rows", "columns");
        else
            graph.Output("codes", graph.Node("ArgMax", [logits], ("axis", 1), ("keepdims", 0)), ElementType.Int64, "n", "rows", "columns");
        if (codes is not null)
            graph.Metadata(OnnxTokenizer.CodesKey, codes);
    });

    private string Written(string name, Action<GraphBuilder> write)
    {
        var graph = new GraphBuilder("tokenizer");
        write(graph);
        string path = _folder.File($"{name}.onnx");
        graph.Build().Save(path);
        return path;
    }
}
