namespace Unreel.Modeling;

/// <summary>The positions that imported weights get: the sinusoid, or a table of their own.</summary>
internal static class ImportPositions
{
    /// <summary>The name that positions have in our files.</summary>
    public static string NameIn(ModelKind kind) => kind == ModelKind.Classifier ? ParameterTable.Positions : ParameterTable.EncoderPrefix + ParameterTable.Positions;

    /// <summary>The name that learnt positions have in a file, or null where it has none.</summary>
    public static string? Find(ForeignWeights weights) =>
        weights.Naming == WeightNaming.Videomae && weights.PartsOf(NameIn(weights.Kind))[0] is var name && weights.Shapes.ContainsKey(name) ? name : null;

    /// <summary>The shape whose grid the weights' positions are of: the described one, or where learnt positions fit that only, the wanted one.</summary>
    /// <exception cref="ModelException">Learnt positions are of neither.</exception>
    public static VideoTransformerShape SourceShape(ForeignWeights weights, VideoTransformerShape given, WeightImportOptions options)
    {
        if (Find(weights) is not { } name)
            return given;

        VideoTransformerShape wanted = given with { Frames = options.Frames ?? given.Frames, ImageSize = options.ImageSize ?? given.ImageSize };
        return Array.Find([given, wanted], shape => weights.Shapes[name].SequenceEqual([1, shape.Tokens, shape.Width])) ?? throw new ModelException(
            $"{weights.Path}: '{name}' is [{string.Join(", ", weights.Shapes[name])}]; {given.Frames} frames of {given.ImageSize} pixels have [1, {given.Tokens}, {given.Width}]. "
                + "Say what the weights were trained on: --source-frames and --source-image-size.");
    }

    /// <summary>The table to keep, row-major [tokens, width]; null where the sinusoid serves.</summary>
    public static float[]? Of(ForeignWeights weights, VideoTransformerShape source, VideoTransformerShape target, WeightImportOptions options)
    {
        if (Find(weights) is { } name)
            return Positions.Interpolated(weights.Read(name), source.Slots, source.GridSide, source.Width, target.Slots, target.GridSide);

        bool isOther = source.Slots != target.Slots || source.GridSide != target.GridSide;
        return isOther && options.InterpolatePositions ? Positions.Sinusoid(source.Checked("The model that the weights were trained as"), target) : null;
    }
}
