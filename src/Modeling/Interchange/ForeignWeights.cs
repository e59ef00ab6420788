namespace Unreel.Modeling;

/// <summary>The naming of a file of weights.</summary>
internal enum WeightNaming
{
    /// <summary>VideoMAE's and ours.</summary>
    Videomae,

    /// <summary>Hugging Face's.</summary>
    HuggingFace,
}

/// <summary>An open file of weights, with what its names tell: whose they are, and of what network.</summary>
internal sealed class ForeignWeights : IDisposable
{
    private const string Wrapper = "module.";
    private static readonly string[] HuggingFaceFiles = ["model.safetensors", "pytorch_model.bin"];
    private readonly ITensorSource _source;
    private readonly string _wrapper;

    private ForeignWeights(ITensorSource source)
    {
        _source = source;

        // What DistributedDataParallel puts before every name.
        _wrapper = source.Shapes.Count > 0 && source.Shapes.Keys.All(name => name.StartsWith(Wrapper, StringComparison.Ordinal)) ? Wrapper : string.Empty;
        Shapes = source.Shapes.ToDictionary(entry => entry.Key[_wrapper.Length..], entry => entry.Value, StringComparer.Ordinal);
        Naming = Shapes.Keys.Any(name => name.EndsWith("patch_embeddings.projection.weight", StringComparison.Ordinal)) ? WeightNaming.HuggingFace : WeightNaming.Videomae;
        string head = Naming == WeightNaming.HuggingFace ? "classifier." : "head.";
        Kind = Shapes.Keys.Any(name => name.StartsWith(head, StringComparison.Ordinal) || name.StartsWith("fc_norm.", StringComparison.Ordinal)) ? ModelKind.Classifier : ModelKind.Autoencoder;
    }

    /// <summary>The file.</summary>
    public string Path => _source.Path;

    /// <summary>The tensors' dimensions by name.</summary>
    public IReadOnlyDictionary<string, long[]> Shapes { get; }

    /// <summary>Whose names they are.</summary>
    public WeightNaming Naming { get; }

    /// <summary>A classifier where there is a head, else an autoencoder, be it without its decoder.</summary>
    public ModelKind Kind { get; }

    /// <summary>Our description, in a file that we exported.</summary>
    public string? Description => _source.Description;

    /// <summary>Opens a file, or the weights of a folder.</summary>
    /// <exception cref="ModelException">There is nothing, or it cannot be read.</exception>
    public static ForeignWeights Open(string path)
    {
        ITensorSource source = OpenSource(Directory.Exists(path) ? FileIn(path) : path);
        try
        {
            return new ForeignWeights(source);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Reads a tensor.</summary>
    /// <exception cref="ModelException">It is damaged, of another type, or not finite.</exception>
    public float[] Read(string name)
    {
        float[] values = _source.ReadFloats(_wrapper + name);
        return Array.TrueForAll(values, float.IsFinite) ? values : throw new ModelException($"{Path}: tensor '{name}' holds numbers that are not finite.");
    }

    /// <summary>The tensors whose rows, one after another, are a parameter of ours.</summary>
    public string[] PartsOf(string ours)
    {
        if (Naming == WeightNaming.HuggingFace)
            return HuggingFaceNames.Of(ours, Shapes.ContainsKey("embeddings.patch_embeddings.projection.weight") ? string.Empty : HuggingFaceNames.Prefix);

        // An encoder alone has no prefix.
        bool isBare = Kind == ModelKind.Autoencoder && Shapes.ContainsKey("patch_embed.proj.weight");
        return [isBare && ours.StartsWith(ParameterTable.EncoderPrefix, StringComparison.Ordinal) ? ours[ParameterTable.EncoderPrefix.Length..] : ours];
    }

    public void Dispose() => _source.Dispose();

    private static string FileIn(string folder)
    {
        string[] found = [.. HuggingFaceFiles.Select(name => System.IO.Path.Combine(folder, name)).Where(File.Exists)];
        if (found.Length > 0)
            return found[0];

        bool isSharded = Directory.EnumerateFiles(folder, "*.index.json").Any();
        throw new ModelException(isSharded
            ? $"The weights in '{folder}' are split into several files, which are not read. Save them whole: model.save_pretrained(…, max_shard_size=\"100GB\")."
            : $"There are no weights in '{folder}': expected {string.Join(" or ", HuggingFaceFiles)}. A .pth file is named itself.");
    }

    private static ITensorSource OpenSource(string path) =>
        path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase) ? new SafetensorsSource(path) : TorchCheckpoint.Open(path);
}
