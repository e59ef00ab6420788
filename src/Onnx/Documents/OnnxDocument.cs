using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>A model as a document: to write, to read, to describe, to rewrite, not to run. Weights are read when they are needed and not kept.</summary>
public sealed class OnnxDocument
{
    /// <summary>Weights of more bytes than this go into a file of their own, beside the model. 1 GiB.</summary>
    public const long DefaultExternalAbove = 1L << 30;

    /// <summary>What is added to a model's file name to name the file of its weights.</summary>
    public const string ExternalSuffix = ".data";

    internal OnnxDocument(ModelProto model, IReadOnlyList<Initializer> initializers) => (Model, Initializers) = (model, initializers);

    /// <summary>Full names of the files beside the model that hold weights of it, in order; none where it was not read from a file.</summary>
    public IReadOnlyList<string> ExternalFiles { get; internal init; } = [];

    /// <summary>Everything but the constants.</summary>
    internal ModelProto Model { get; }

    /// <summary>The constants.</summary>
    internal IReadOnlyList<Initializer> Initializers { get; }

    /// <summary>Reads a model file; its weights stay there, and the file must stay as it is while they are needed.</summary>
    /// <exception cref="OnnxModelException">The file is missing, cannot be read or is no ONNX model.</exception>
    public static OnnxDocument Read(string path)
    {
        using Stream stream = OnnxFile.Open(path);
        return ModelReader.Read(stream, path, path, SkimBudget.ForUse());
    }

    /// <summary>Reads a model; <paramref name="name"/> is what errors call it. Weights are read from the stream when they are needed.</summary>
    /// <exception cref="OnnxModelException">The bytes are no ONNX model.</exception>
    public static OnnxDocument Read(Stream stream, string name) => ModelReader.Read(stream, name, path: null, SkimBudget.ForUse());

    /// <summary>Reads a model that is only looked at: what is not weights may take no more memory than a look is worth.</summary>
    /// <inheritdoc cref="Read(Stream, string)"/>
    internal static OnnxDocument Look(Stream stream, string name, string? path) => ModelReader.Read(stream, name, path, SkimBudget.ForLook());

    /// <summary>Returns the model's contract.</summary>
    /// <exception cref="ContractException">There is none, or it is malformed.</exception>
    public ModelContract ReadContract() => ModelContract.Parse(
        Model.MetadataProps.FirstOrDefault(entry => entry.Key == ModelContract.Key)?.Value
        ?? throw new ContractException($"is missing: the model has no '{ModelContract.Key}' in its metadata"));

    /// <summary>Returns the same model with another contract, for what is only known once the model has run.</summary>
    public OnnxDocument WithContract(ModelContract contract)
    {
        ModelProto model = WithoutGraph();
        model.Graph = Model.Graph;
        foreach (StringStringEntryProto old in model.MetadataProps.Where(entry => entry.Key == ModelContract.Key).ToArray())
            model.MetadataProps.Remove(old);
        model.MetadataProps.Add(new StringStringEntryProto { Key = ModelContract.Key, Value = contract.ToJson() });
        return new OnnxDocument(model, Initializers);
    }

    /// <summary>Returns what the model takes, gives and consists of.</summary>
    public ModelDescription Describe() => ModelDescription.Of(this);

    /// <summary>Returns the model's bytes.</summary>
    /// <exception cref="GraphException">The model is too large for one file.</exception>
    public byte[] ToArray()
    {
        using var stream = new MemoryStream();
        Save(stream);
        return stream.ToArray();
    }

    /// <summary>Writes the model's bytes; the same model always gives the same bytes.</summary>
    /// <exception cref="GraphException">The model is too large for one file.</exception>
    public void Save(Stream stream) => new ModelWriter(this).WriteWhole(stream);

    /// <summary>Writes files under other names first, so that a file is whole whenever it is there.</summary>
    /// <param name="path">The model's file.</param>
    /// <param name="externalAbove">
    /// Weights of more bytes than this go into a second file, named after the first with <see cref="ExternalSuffix"/> added: each begins at a multiple of 64 KiB, so that it can be mapped.
    /// </param>
    /// <returns>The files written, the model first.</returns>
    /// <exception cref="GraphException">The model is too large for one file, and may have no second.</exception>
    public IReadOnlyList<string> Save(string path, long externalAbove = DefaultExternalAbove)
    {
        string whole = Path.GetFullPath(path);
        var writer = new ModelWriter(this);
        if (Initializers.Sum(initializer => initializer.Length) <= externalAbove)
        {
            Write(whole, writer.WriteWhole);
            return [whole];
        }

        string external = whole + ExternalSuffix;
        Write(external, writer.WriteExternal);
        Write(whole, stream => writer.WriteWithout(stream, Path.GetFileName(external)));
        return [whole, external];
    }

    /// <summary>A copy of everything beside the graph.</summary>
    internal ModelProto WithoutGraph()
    {
        var model = new ModelProto
        {
            IrVersion = Model.IrVersion,
            ProducerName = Model.ProducerName,
            ProducerVersion = Model.ProducerVersion,
            Domain = Model.Domain,
            ModelVersion = Model.ModelVersion,
            DocString = Model.DocString,
        };
        model.OpsetImport.Add(Model.OpsetImport);
        model.MetadataProps.Add(Model.MetadataProps);
        model.Functions.Add(Model.Functions);
        return model;
    }

    private static void Write(string whole, Action<Stream> write)
    {
        string partial = $"{whole}.{Guid.NewGuid():N}.partial";
        try
        {
            using (var stream = new FileStream(partial, FileMode.CreateNew, FileAccess.Write))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(partial, whole, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }
}
