using Unreel.Video;

namespace Unreel.Modeling;

/// <summary>Finds out what a file of weights is: from <c>model.json</c>, <c>config.json</c>, our own note in it, or its tensors.</summary>
internal static class ImportDescription
{
    private const int DefaultStride = 4;
    private const int DefaultClips = 3;

    /// <summary>Describes weights as they are, before frames or size are changed.</summary>
    public static ModelDescription Read(string path, ForeignWeights weights, WeightImportOptions options, out string format)
    {
        string folder = Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;
        ModelDescription? note = weights.Description is { } text ? ModelDescription.Parse(text, $"{weights.Path}, unreel") : null;
        bool isOurs = weights.Naming == WeightNaming.Videomae && Directory.Exists(path) && File.Exists(Path.Combine(folder, ModelDescription.FileName));
        format = isOurs ? "unreel" : weights.Naming == WeightNaming.HuggingFace ? "huggingface" : "videomae";
        return isOurs ? Labelled(ModelDescription.Read(folder), weights, options)
            : weights.Naming == WeightNaming.HuggingFace ? OfHuggingFace(folder, weights, note, options)
            : note is not null ? Labelled(note, weights, options)
            : OfVideomae(weights, options);
    }

    /// <summary>The same with the frames and size that were asked for, or those that learnt positions tell.</summary>
    public static ModelDescription Resized(ModelDescription given, VideoTransformerShape source, WeightImportOptions options)
    {
        VideoTransformerShape shape = (source with { Frames = options.Frames ?? source.Frames, ImageSize = options.ImageSize ?? source.ImageSize }).Checked("The imported model");
        bool isPrepared = given.Preparation is not null;
        return given with { Shape = shape, Preparation = given.Kind == ModelKind.Classifier ? Prepared(given.Preparation, shape, options, isPrepared) : null };
    }

    private static ModelDescription OfHuggingFace(string folder, ForeignWeights weights, ModelDescription? note, WeightImportOptions options)
    {
        HuggingFaceConfig config = HuggingFaceConfig.Read(folder);
        if (weights.Kind == ModelKind.Classifier && !config.UsesMeanPooling)
            throw new ModelException($"{weights.Path}: this classifier looks at one token only (use_mean_pooling is false); only those that average all tokens can be imported.");

        var description = new ModelDescription
        {
            Kind = weights.Kind,
            Shape = config.Shape,
            Normalisation = note?.Normalisation ?? HuggingFaceConfig.ReadNormalisation(folder),
            Labels = weights.Kind == ModelKind.Classifier ? config.Labels : [],
            Preparation = note?.Preparation,
        };
        return Labelled(description, weights, options);
    }

    private static ModelDescription OfVideomae(ForeignWeights weights, WeightImportOptions options)
    {
        var description = new ModelDescription
        {
            Kind = weights.Kind,
            Shape = ShapeInference.Of(weights, options),
            Normalisation = PixelNormalisation.ImageNet,
        };
        return Labelled(description, weights, options);
    }

    private static ModelDescription Labelled(ModelDescription description, ForeignWeights weights, WeightImportOptions options)
    {
        if (description.Kind != weights.Kind)
            throw new ModelException($"{weights.Path}: the weights are {Words(weights.Kind)}, but their description says {Words(description.Kind)}.");
        if (options.Labels is not null && weights.Kind == ModelKind.Autoencoder)
            throw new ModelException($"{weights.Path} holds an encoder without a head; labels were given, but it has none to name.");
        if (weights.Kind == ModelKind.Autoencoder)
            return description;

        IReadOnlyList<string> labels = options.Labels ?? description.Labels;
        string head = weights.PartsOf("head.weight")[0];
        long rows = weights.Shapes.GetValueOrDefault(head) is [var first, ..] ? first : labels.Count;
        if (labels.Count == 0)
            throw new ModelException($"{weights.Path} holds a classifier of {rows} labels without their names. Give --labels FILE, one label a line.");
        return labels.Count == rows
            ? description with { Labels = labels }
            : throw new ModelException($"{weights.Path}: '{head}' is for {rows} labels, but {labels.Count} are named.");
    }

    private static ClipPreparation Prepared(ClipPreparation? given, VideoTransformerShape shape, WeightImportOptions options, bool isPrepared)
    {
        ClipPreparation start = given ?? new ClipPreparation { Frames = shape.Frames, Stride = DefaultStride, Size = shape.ImageSize, Clips = DefaultClips };
        bool isResized = isPrepared && start.Size != shape.ImageSize;
        ClipPreparation preparation = start with
        {
            Frames = shape.Frames,
            Size = shape.ImageSize,
            ShortSide = isResized ? 0 : start.ShortSide,
            Sampling = options.Sampling ?? start.Sampling,
            Stride = options.Stride ?? start.Stride,
            Clips = options.TestClips ?? start.Clips,
            Crops = options.TestCrops ?? start.Crops,
        };
        preparation.Validate();
        return preparation;
    }

    private static string Words(ModelKind kind) => kind == ModelKind.Classifier ? "a classifier's" : "an autoencoder's";
}
