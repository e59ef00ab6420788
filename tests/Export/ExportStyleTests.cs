using Unreel.Onnx;

namespace Unreel.Export.Tests;

public sealed class ExportStyleTests
{
    [Theory]
    [InlineData(GraphFlavour.Ort, GraphPrecision.Fp32, null, 17)]
    [InlineData(GraphFlavour.Ort, GraphPrecision.Int8Dynamic, null, 21)]
    [InlineData(GraphFlavour.Ort, GraphPrecision.Int8Static, null, 21)]
    [InlineData(GraphFlavour.Ort, GraphPrecision.Int8Static, 18, 18)]
    [InlineData(GraphFlavour.Portable, GraphPrecision.Int8Static, null, 17)]
    [InlineData(GraphFlavour.Portable, GraphPrecision.Fp16, 23, 23)]
    public void An_opset_is_as_asked_or_suits_the_precision(GraphFlavour flavour, GraphPrecision precision, int? asked, int expected)
    {
        GraphStyle style = ExportStyle.Of(AnyOptions.Value with { Flavour = flavour, Precision = precision, Opset = asked });

        Assert.Equal((flavour, expected), (style.Flavour, style.Opset));
    }
}
