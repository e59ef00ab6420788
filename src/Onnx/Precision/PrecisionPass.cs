namespace Unreel.Onnx;

/// <summary>Brings models to other precisions.</summary>
public static class PrecisionPass
{
    private static readonly int[] BlockSizes = [16, 32, 64, 128, 256];

    /// <summary>Returns the model in another precision; names of values, inputs, outputs and metadata stay.</summary>
    /// <param name="document">The model in 32-bit floats. Its weights are converted one after another, when the result is saved.</param>
    /// <param name="settings">How.</param>
    /// <param name="clips">Real clips, none of them one that the model is judged on; may be null where nothing is to be measured.</param>
    /// <param name="folder">Where variants are tried; nothing is left in it.</param>
    /// <param name="progress">Hears how far it is.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="PrecisionException">The model is in another precision already, a pattern matches nothing, clips are missing, the opset is too old, or no layer can be quantised within the limit.</exception>
    /// <exception cref="OnnxModelException">ONNX Runtime cannot run the model on a clip.</exception>
    public static PrecisionResult Apply(OnnxDocument document, PrecisionSettings settings, CalibrationSet? clips, string folder, IProgress<PrecisionProgress> progress, CancellationToken ct)
    {
        if (settings.Precision == GraphPrecision.Fp32)
            return new PrecisionResult(document, Unmeasured(settings, [], new Dictionary<string, string>(), 0));

        Check(document, settings, clips);
        IReadOnlyList<string> layers = LayersOf(document, settings);
        Dictionary<string, string> fixedLayers = LayerChoice.Matching(layers, settings.KeepFloat).ToDictionary(name => name, _ => LayerEffect.Asked);
        if (settings.Precision is GraphPrecision.Fp16 or GraphPrecision.Bf16)
            return new PrecisionResult(HalfPrecision.Apply(document, HalfOf(settings.Precision), fixedLayers.Keys.ToHashSet()), Unmeasured(settings, layers, fixedLayers, 0));

        foreach (string embedding in EmbeddingsToKeep(document, settings))
            fixedLayers.TryAdd(embedding, LayerEffect.Embedding);

        using var trials = new TrialFolder(folder);
        Func<IReadOnlySet<string>, OnnxDocument> quantise = QuantiserOf(document, settings, clips, trials, progress, ct);
        return clips is not null && IsMeasured(settings)
            ? new SensitivitySearch(document, quantise, layers, fixedLayers).Run(settings, clips, trials, progress, ct)
            : new PrecisionResult(quantise(fixedLayers.Keys.ToHashSet()), Unmeasured(settings, layers, fixedLayers, clips?.Clips.Count ?? 0));
    }

    private static void Check(OnnxDocument document, PrecisionSettings settings, CalibrationSet? clips)
    {
        if (ReducedPrecision.FoundIn(document) is { } reduced)
            throw new PrecisionException($"The model is in another precision already ({reduced}); {settings.Precision} is made from 32-bit floats");
        if (!BlockSizes.Contains(settings.BlockSize))
            throw new PrecisionException($"Block size {settings.BlockSize} is not supported: expected one of {string.Join(", ", BlockSizes)}");
        if (settings.Precision == GraphPrecision.Int8Static)
            CheckClips(document, clips, "Static quantisation", "to find the ranges of activations on");
        if (IsMeasured(settings))
            CheckClips(document, clips, "A limit of the logits' shift, as well as each layer's effect,", "to be measured on");
    }

    private static void CheckClips(OnnxDocument document, CalibrationSet? clips, string what, string why)
    {
        if (document.Model.Graph.Input is { Count: > 1 } inputs)
            throw new PrecisionException($"{what} needs a model that runs on clips and nothing else; this one takes {string.Join(", ", inputs.Select(input => $"'{input.Name}'"))}");
        if (clips is not { Clips.Count: > 0 })
            throw new PrecisionException($"{what} needs calibration clips {why}; found none");
    }

    private static bool IsMeasured(PrecisionSettings settings) =>
        settings.Precision is not (GraphPrecision.Fp16 or GraphPrecision.Bf16) && (settings.MaxLogitShift is not null || settings.MeasureLayers);

    private static ElementType HalfOf(GraphPrecision precision) => precision == GraphPrecision.Fp16 ? ElementType.Float16 : ElementType.BFloat16;

    private static IReadOnlyList<string> LayersOf(OnnxDocument document, PrecisionSettings settings)
    {
        var editor = new GraphEditor(document);
        bool convolutions = settings.Precision is GraphPrecision.Int8Static or GraphPrecision.Fp16;
        IEnumerable<string> layers = LinearLayer.Of(editor).Where(layer => convolutions || !layer.IsConvolution).Select(layer => layer.Name);
        IEnumerable<string> attention = QuantisesAttention(settings) ? editor.Nodes.Where(AttentionQuantiser.Fits).Select(AttentionQuantiser.NameOf) : [];
        return [.. layers.Concat(attention).Distinct()];
    }

    private static bool QuantisesAttention(PrecisionSettings settings) =>
        settings is { QuantiseAttention: true, Flavour: GraphFlavour.Ort, Precision: GraphPrecision.Int8Dynamic or GraphPrecision.Int8Static };

    private static Func<IReadOnlySet<string>, OnnxDocument> QuantiserOf(
        OnnxDocument document, PrecisionSettings settings, CalibrationSet? clips, TrialFolder trials, IProgress<PrecisionProgress> progress, CancellationToken ct)
    {
        AttentionQuantiser? attention = QuantisesAttention(settings) ? new AttentionQuantiser(ShapeInference.Run(document)) : null;
        switch (settings.Precision)
        {
            case GraphPrecision.Int8Dynamic:
                return kept => new DynamicQuantiser(settings.Flavour, settings.MostCode, attention).Apply(document, kept);
            case GraphPrecision.Int8Static:
                Dictionary<string, TensorRange> ranges = new Calibrator(document, clips!, trials, settings.Threads).Run(StaticQuantiser.ValuesOf(document, attention is not null), settings.Calibration, progress, ct);
                return kept => new StaticQuantiser(settings, ranges, attention).Apply(document, kept);
            default:
                var format = new BlockFormat(settings.Precision == GraphPrecision.Int4Weights ? 4 : 8, settings.BlockSize, !settings.BlockZeroPoints);
                return kept => new BlockQuantiser(settings.Flavour, format, settings.AccuracyLevel).Apply(document, kept);
        }
    }

    private static IEnumerable<string> EmbeddingsToKeep(OnnxDocument document, PrecisionSettings settings)
    {
        if (settings.QuantiseEmbedding || settings.Precision is not (GraphPrecision.Int8Dynamic or GraphPrecision.Int8Static))
            return [];

        var floats = new FloatValues(document);
        return [.. LinearLayer.Of(new GraphEditor(document)).Where(layer => layer.IsEmbedding && floats.BytesOf(layer.Input) is null && (!layer.IsConvolution || settings.Precision == GraphPrecision.Int8Static)).Select(layer => layer.Name)];
    }

    private static PrecisionReport Unmeasured(PrecisionSettings settings, IReadOnlyList<string> layers, Dictionary<string, string> kept, int clips) => new(
        settings.Precision, null, null, null, null, clips, 0, [.. layers.Select(name => new LayerEffect(name, null, kept.ContainsKey(name), kept.GetValueOrDefault(name)))]);
}
