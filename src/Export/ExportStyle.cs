using Unreel.Onnx;

namespace Unreel.Export;

/// <summary>The operators that an export's graph is written in.</summary>
internal static class ExportStyle
{
    // The first with blocks in QuantizeLinear, by which each row of attention has a scale of its own.
    private const int BlockedOpset = 21;

    /// <summary>What was asked for; where no opset was, the one that suits the precision.</summary>
    internal static GraphStyle Of(ExportOptions options) => new(options.Flavour, options.Opset ?? Default(options.Flavour, options.Precision));

    private static int Default(GraphFlavour flavour, GraphPrecision precision) =>
        flavour == GraphFlavour.Ort && precision is (GraphPrecision.Int8Dynamic or GraphPrecision.Int8Static) ? BlockedOpset : GraphStyle.LeastOpset;
}
