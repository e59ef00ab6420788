using TorchSharp;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>
/// Brings weights of others into a folder of ours: VideoMAE's and VideoMAE V2's <c>.pth</c>, Hugging Face's VideoMAE
/// (safetensors or <c>pytorch_model.bin</c> with its <c>config.json</c>), and our own. Values are taken as they are.
/// </summary>
public static class WeightImport
{
    /// <summary>Reads weights and writes <c>model.safetensors</c> and <c>model.json</c>.</summary>
    /// <param name="path">A file, or a folder with weights and <c>config.json</c> (Hugging Face) or <c>model.json</c> (ours).</param>
    /// <param name="folder">Where to write; it exists.</param>
    /// <param name="options">What the file does not say.</param>
    /// <exception cref="CheckpointException">The file is damaged, or holds more than tensors and plain values.</exception>
    /// <exception cref="ModelException">The weights do not fit a model; missing and surplus names are all listed.</exception>
    public static WeightImportResult Run(string path, string folder, WeightImportOptions options)
    {
        using ForeignWeights weights = ForeignWeights.Open(path);
        ModelDescription given = ImportDescription.Read(path, weights, options, out string format);
        VideoTransformerShape source = ImportPositions.SourceShape(weights, given.Shape, options);
        ModelDescription description = ImportDescription.Resized(given, source, options);

        IReadOnlyList<(string Name, long[] Shape)> parameters = ParameterTable.Of(description);
        WeightNamesCheck check = WeightNamesCheck.Run(weights.Path, Wanted(weights, parameters), weights.Shapes, options);
        IReadOnlyDictionary<string, float[]> first = check.Missing.Count == 0 ? new Dictionary<string, float[]>() : FirstValues(description, options.Seed);
        List<TensorToWrite> tensors = [.. parameters.Select(entry => TensorToWrite.F32(entry.Name, entry.Shape, () => Assembled(weights, entry.Name, entry.Shape, first)))];
        float[]? positions = ImportPositions.Of(weights, source, description.Shape, options);
        if (positions is not null)
            tensors.Add(TensorToWrite.F32(ImportPositions.NameIn(given.Kind), [1, description.Shape.Tokens, description.Shape.Width], () => positions));

        SafetensorsWriter.Write(Path.Combine(folder, WeightsFolder.WeightsName), tensors);
        description.Write(folder);
        return new WeightImportResult(description, format, check.Missing, check.Surplus, positions is not null);
    }

    private static Dictionary<string, long[]> Wanted(ForeignWeights weights, IReadOnlyList<(string Name, long[] Shape)> parameters)
    {
        var wanted = new Dictionary<string, long[]>(StringComparer.Ordinal);
        foreach ((string name, long[] shape) in parameters)
        {
            string[] parts = weights.PartsOf(name);
            foreach (string part in parts)
                wanted.Add(part, [shape[0] / parts.Length, .. shape[1..]]);
        }

        if (ImportPositions.Find(weights) is { } positions)
            wanted.Add(positions, weights.Shapes[positions]);
        return wanted;
    }

    private static float[] Assembled(ForeignWeights weights, string name, long[] shape, IReadOnlyDictionary<string, float[]> first)
    {
        string[] parts = weights.PartsOf(name);
        if (parts.Length == 1)
            return weights.Shapes.ContainsKey(parts[0]) ? weights.Read(parts[0]) : first[name];

        float[] whole = new float[shape.Aggregate(1L, (product, axis) => product * axis)];
        int size = whole.Length / parts.Length;
        for (int index = 0; index < parts.Length; index++)
        {
            ReadOnlySpan<float> part = weights.Shapes.ContainsKey(parts[index]) ? weights.Read(parts[index]) : first[name].AsSpan(index * size, size);
            part.CopyTo(whole.AsSpan(index * size));
        }

        return whole;
    }

    private static Dictionary<string, float[]> FirstValues(ModelDescription description, ulong seed)
    {
        using DisposeScope scope = NewDisposeScope();
        using nn.Module module = description.Kind == ModelKind.Classifier
            ? new Classifier(description.Shape, description.Labels.Count, CPU)
            : new PretrainingModel(description.Shape, ParameterTable.Decoders(description), description.RegressorDepth, description.HasSampler, CPU);
        if (description.Kind == ModelKind.Classifier)
            Initialiser.Finetuning(module, seed);
        else
            Initialiser.Pretraining(module, seed);
        return Parameters.Of(module).ToDictionary(entry => entry.Name, entry => Parameters.Get(entry.Parameter), StringComparer.Ordinal);
    }
}
