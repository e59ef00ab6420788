namespace Unreel.Modeling;

/// <summary>Whose form weights are exported in.</summary>
public enum WeightFormat
{
    /// <summary>A file as VideoMAE's <c>.pth</c>.</summary>
    Videomae,

    /// <summary>A folder as Hugging Face's VideoMAE.</summary>
    HuggingFace,
}

/// <summary>Takes weights of ours to others: what VideoMAE's and V2's code or Hugging Face's loads. Values are left as they are.</summary>
public static class WeightExport
{
    /// <summary>Exports a folder of weights.</summary>
    /// <param name="folder">Holds <c>model.safetensors</c> and <c>model.json</c>.</param>
    /// <param name="format">Whose form.</param>
    /// <param name="target">A file that does not exist (VideoMAE), or a new or an empty folder (Hugging Face).</param>
    /// <exception cref="ModelException">The weights do not fit their description, the target exists, or the form cannot say what the weights need.</exception>
    public static void Run(string folder, WeightFormat format, string target)
    {
        ModelDescription model = ModelDescription.Read(folder);
        RequirePlain(model, format, folder);
        if (model.Pooling != TokenPooling.Mean)
            throw new ModelException($"'{folder}' pools its tokens by attention, which neither VideoMAE nor Hugging Face's VideoMAE has; expected a classifier with a linear head on the mean of tokens.");

        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, WeightsFolder.WeightsName));
        string positions = ImportPositions.NameIn(model.Kind);
        List<(string Name, long[] Shape)> parameters = [.. ParameterTable.Of(model)];
        if (file.Tensors.ContainsKey(positions))
            parameters.Add((positions, [1, model.Shape.Tokens, model.Shape.Width]));
        WeightNamesCheck.Run(
            file.Path,
            parameters.ToDictionary(entry => entry.Name, entry => entry.Shape, StringComparer.Ordinal),
            file.Tensors.ToDictionary(entry => entry.Key, entry => entry.Value.Shape.ToArray(), StringComparer.Ordinal),
            new WeightImportOptions());

        if (format == WeightFormat.Videomae)
            ToVideomae(file, model, parameters, target);
        else
            ToHuggingFace(file, model, parameters, target);
    }

    // VideoMAE's file has one decoder, which may predict as many numbers as it likes; Hugging Face's model always predicts a cube's.
    private static void RequirePlain(ModelDescription model, WeightFormat format, string folder)
    {
        string[] surplus =
        [
            .. model.Decoders.Skip(1).Select(decoder => $"a further decoder ({decoder.Target})"),
            .. model.RegressorDepth > 0 ? ["a regressor"] : Array.Empty<string>(),
            .. model.HasSampler ? ["a sampler"] : Array.Empty<string>(),
            .. format == WeightFormat.HuggingFace && model.Decoders is [var first, ..] && first.Values != model.Shape.CubeValues
                ? [$"a decoder of {first.Values} numbers a token ({first.Target}) where {model.Shape.CubeValues} have a place"]
                : Array.Empty<string>(),
        ];
        if (surplus.Length > 0)
            throw new ModelException($"'{folder}' cannot be exported: the form has no place for {string.Join(", ", surplus)}. Fine-tuning takes the encoder alone, and a classifier can be exported.");
    }

    private static void ToVideomae(SafetensorsFile file, ModelDescription model, List<(string Name, long[] Shape)> parameters, string target)
    {
        if (File.Exists(target) || Directory.Exists(target))
            throw new ModelException($"'{target}' exists already; expected the name of a new file.");

        TorchCheckpointWriter.Write(target, [.. parameters.Select(entry => TensorToWrite.F32(entry.Name, entry.Shape, () => file.ReadFloats(entry.Name)))], model.ToJson());
    }

    private static void ToHuggingFace(SafetensorsFile file, ModelDescription model, List<(string Name, long[] Shape)> parameters, string target)
    {
        if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
            throw new ModelException($"'{target}' exists already; expected a new or an empty folder.");
        if (file.Tensors.ContainsKey(ImportPositions.NameIn(model.Kind)))
            throw new ModelException($"{file.Path} brings positions of its own; Hugging Face's VideoMAE knows the sinusoid only. Export them as VideoMAE's .pth.");

        Directory.CreateDirectory(target);
        SafetensorsWriter.Write(
            Path.Combine(target, WeightsFolder.WeightsName),
            [.. parameters.SelectMany(entry => Parts(file, entry.Name, entry.Shape))],
            new Dictionary<string, string> { ["format"] = "pt", [SafetensorsSource.DescriptionKey] = model.ToJson() });
        HuggingFaceConfig.Write(target, model);
    }

    private static IEnumerable<TensorToWrite> Parts(SafetensorsFile file, string name, long[] shape)
    {
        string[] parts = HuggingFaceNames.Of(name, HuggingFaceNames.Prefix);
        int size = (int)(shape.Aggregate(1L, (product, axis) => product * axis) / parts.Length);
        return parts.Select((part, index) => TensorToWrite.F32(
            part,
            [shape[0] / parts.Length, .. shape[1..]],
            () => parts.Length == 1 ? file.ReadFloats(name) : file.ReadFloats(name).AsSpan(index * size, size).ToArray()));
    }
}
