namespace Unreel.Onnx.Tests;

/// <summary>The ways in which graphs are written that tests go through: each opset that changed an operator used here.</summary>
internal static class Styles
{
    internal static IReadOnlyList<(GraphFlavour Flavour, int Opset)> All { get; } =
        [.. from flavour in Enum.GetValues<GraphFlavour>() from opset in new[] { 17, 18, 20, 21, 23, 24 } select (flavour, opset)];

    internal static TheoryData<GraphFlavour, int> Data
    {
        get
        {
            TheoryData<GraphFlavour, int> data = [];
            foreach ((GraphFlavour flavour, int opset) in All)
                data.Add(flavour, opset);
            return data;
        }
    }
}
