namespace Unreel.Modeling;

/// <summary>The positions that imported weights get: the sinusoid, or a table of their own.</summary>
internal static class ImportPositions
{
    /// <summary>The name that positions have in our files.</summary>
    public static string NameIn(ModelKind kind) => kind == ModelKind.Classifier ? ParameterTable.Positions : ParameterTable.EncoderPrefix + ParameterTable.Positions;

    /// <summary>The name that learnt positions have in a file, or null where it has none.</summary>
    public static string? Find(ForeignWeights weights) =>
        weights.Naming == WeightNaming.Videomae && weights.PartsOf(NameIn(weights.Kind))[0] is var name && weights.Shapes.ContainsKey(name) ? name : null;

    /// <summary>The shape whose grid the weights' positions are of: what was described, or what learnt positions tell.</summary>
    /// <exception cref="ModelException">Learnt positions are of no square grid.</exception>
    public static VideoTransformerShape SourceShape(ForeignWeights weights, VideoTransformerShape given, WeightImportOptions options)
    {
        if (Find(weights) is not { } name || weights.Shapes[name] is [1, var tokens, var width] && tokens == given.Tokens && width == given.Width)
            return given;

        long[] found = weights.Shapes[name];
        int side = found.Length == 3 ? (int)Math.Sqrt((double)found[1] / given.Slots) : 0;
        return found.Length == 3 && found[0] == 1 && found[2] == given.Width && side > 0 && (long)side * side * given.Slots == found[1]
            ? given with { ImageSize = side * given.PatchSize }
            : throw new ModelException($"{weights.Path}: '{name}' is [{string.Join(", ", found)}]; expected [1, {given.Slots} slots x side x side, {given.Width}] for {given.Frames} frames.");
    }

    /// <summary>The table to keep, row-major [tokens, width]; null where the sinusoid serves.</summary>
    public static float[]? Of(ForeignWeights weights, VideoTransformerShape source, VideoTransformerShape target, WeightImportOptions options)
    {
        if (Find(weights) is { } name)
            return Positions.Interpolated(weights.Read(name), source.Slots, source.GridSide, source.Width, target.Slots, target.GridSide);

        bool isOther = source.Slots != target.Slots || source.GridSide != target.GridSide;
        return isOther && options.InterpolatePositions ? Positions.Sinusoid(source, target) : null;
    }
}
