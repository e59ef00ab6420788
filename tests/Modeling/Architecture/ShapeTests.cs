using System.Text.Json;

namespace Unreel.Modeling.Tests;

public sealed class ShapeTests
{
    [Theory]
    [InlineData("ti", 192, 12, 3, 1568, 96, 4, 3)]
    [InlineData("s", 384, 12, 6, 1568, 192, 4, 3)]
    [InlineData("b", 768, 12, 12, 1568, 384, 4, 6)]
    [InlineData("l", 1024, 24, 16, 1568, 512, 12, 8)]
    [InlineData("h", 1280, 32, 16, 1568, 640, 12, 8)]
    [InlineData("g", 1408, 40, 16, 2048, 512, 4, 8)]
    public void Presets_are_the_published_sizes(string name, int width, int depth, int heads, int tokens, int decoderWidth, int decoderDepth, int decoderHeads)
    {
        VideoTransformerShape shape = Presets.Get(name);

        Assert.Equal((width, depth, heads, tokens), (shape.Width, shape.Depth, shape.Heads, shape.Tokens));
        Assert.Equal((decoderWidth, decoderDepth, decoderHeads), (shape.DecoderWidth, shape.DecoderDepth, shape.DecoderHeads));
    }

    [Fact]
    public void Every_preset_is_valid() => Assert.All(Presets.Names, name => Presets.Get(name));

    [Fact]
    public void An_unknown_preset_lists_the_known()
    {
        var error = Assert.Throws<ModelException>(() => Presets.Get("xl"));

        Assert.Contains("'xl'", error.Message, StringComparison.Ordinal);
        Assert.Contains("tiny", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("width: 8\nwidht: 8", "line 2")]
    [InlineData("width: 8\nwidth: 8", "line 2")]
    [InlineData("width: 8", "depth")]
    [InlineData("width: eight", "line 1")]
    [InlineData("", "empty")]
    public void Yaml_is_read_strictly(string yaml, string expected) =>
        Assert.Contains(expected, Assert.Throws<ModelException>(() => Presets.Parse(yaml, "shape")).Message, StringComparison.OrdinalIgnoreCase);

    [Fact]
    public void Sizes_that_do_not_divide_are_named()
    {
        VideoTransformerShape odd = Micro.Shape with { Frames = 5, Heads = 5 };

        var error = Assert.Throws<ModelException>(() => odd.Checked("shape"));

        Assert.Contains("frames (5) must be a multiple of tubelet_size (2)", error.Message, StringComparison.Ordinal);
        Assert.Contains("width (12) must be a multiple of heads (5)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shape_survives_json() =>
        Assert.Equal(Micro.Shape, VideoTransformerShape.FromJson(Micro.Shape.ToJson(), "shape"));

    [Fact]
    public void Unknown_keys_in_json_are_refused()
    {
        using JsonDocument json = JsonDocument.Parse("""{"width":8,"extra":1}""");

        Assert.Throws<ModelException>(() => VideoTransformerShape.FromJson(json.RootElement, "shape"));
    }
}
