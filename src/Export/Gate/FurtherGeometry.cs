using Unreel.Modeling;
using Unreel.Onnx;
using ModelDescription = Unreel.Modeling.ModelDescription;

namespace Unreel.Export;

/// <summary>The other frames and sizes that a graph with open extents is compared at.</summary>
internal static class FurtherGeometry
{
    /// <summary>Names of the extents that are open, as contracts say them; null where none is.</summary>
    public static IReadOnlyList<string>? OpenOf(ExportOptions options)
    {
        string[] open = [.. options.DynamicFrames ? ["frames"] : Array.Empty<string>(), .. options.DynamicSize ? ["height", "width"] : Array.Empty<string>()];
        return open.Length == 0 ? null : open;
    }

    /// <summary>Half of what is open in whole cubes, twice where half is none; null where nothing is open, or the network is one that torch computes at its own size only.</summary>
    public static InputGeometry? Of(ModelDescription network, ExportOptions options)
    {
        if (OpenOf(options) is null || network.Kind != ModelKind.Classifier)
            return null;

        VideoTransformerShape shape = network.Shape;
        int size = options.DynamicSize ? Other(shape.ImageSize, shape.PatchSize) : shape.ImageSize;
        return new InputGeometry(options.DynamicFrames ? Other(shape.Frames, shape.TubeletSize) : shape.Frames, size, size);
    }

    private static int Other(int extent, int step) => extent / 2 / step * step is var half and > 0 ? half : 2 * extent;
}
