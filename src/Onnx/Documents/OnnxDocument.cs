using Google.Protobuf;
using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>A model as a document: to write, to read, to describe, not to run.</summary>
public sealed class OnnxDocument
{
    // Protobuf counts the bytes of a message in 31 bits; the rest of a model is small beside its weights.
    private const long MostInitializerBytes = int.MaxValue - (16L << 20);

    private readonly ModelProto _model;

    internal OnnxDocument(ModelProto model)
    {
        _model = model;
        long bytes = model.Graph.Initializer.Sum(initializer => (long)initializer.RawData.Length);
        if (bytes > MostInitializerBytes)
            throw new GraphException($"The weights take {bytes} bytes; a model in one file holds at most {MostInitializerBytes}");
    }

    internal ModelProto Model => _model;

    /// <summary>Reads a model file.</summary>
    /// <exception cref="OnnxModelException">The file is missing, cannot be read or is no ONNX model.</exception>
    public static OnnxDocument Read(string path)
    {
        using Stream stream = OnnxFile.Open(path);
        return Read(stream, path);
    }

    /// <summary>Reads a model; <paramref name="name"/> is what errors call it.</summary>
    /// <exception cref="OnnxModelException">The bytes are no ONNX model.</exception>
    public static OnnxDocument Read(Stream stream, string name)
    {
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(stream);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new OnnxModelException(name, $"is truncated or no ONNX model: {exception.Message}");
        }

        return model.Graph is null
            ? throw new OnnxModelException(name, "is no ONNX model: it holds no graph")
            : new OnnxDocument(model);
    }

    /// <summary>Returns the model's contract.</summary>
    /// <exception cref="ContractException">There is none, or it is malformed.</exception>
    public ModelContract ReadContract() => ModelContract.Parse(
        _model.MetadataProps.FirstOrDefault(entry => entry.Key == ModelContract.Key)?.Value
        ?? throw new ContractException($"is missing: the model has no '{ModelContract.Key}' in its metadata"));

    /// <summary>Returns the same model with another contract, for what is only known once the model has run.</summary>
    public OnnxDocument WithContract(ModelContract contract)
    {
        // Weights are shared with the original: only what is changed is made anew.
        var model = new ModelProto
        {
            IrVersion = _model.IrVersion,
            ProducerName = _model.ProducerName,
            ProducerVersion = _model.ProducerVersion,
            Domain = _model.Domain,
            ModelVersion = _model.ModelVersion,
            DocString = _model.DocString,
            Graph = _model.Graph,
        };
        model.OpsetImport.Add(_model.OpsetImport);
        model.MetadataProps.Add(_model.MetadataProps.Where(entry => entry.Key != ModelContract.Key));
        model.MetadataProps.Add(new StringStringEntryProto { Key = ModelContract.Key, Value = contract.ToJson() });
        return new OnnxDocument(model);
    }

    /// <summary>Returns what the model takes, gives and consists of.</summary>
    public ModelDescription Describe() => ModelDescription.Of(_model);

    /// <summary>Returns the model's bytes.</summary>
    public byte[] ToArray() => _model.ToByteArray();

    /// <summary>Writes the model's bytes; the same model always gives the same bytes.</summary>
    public void Save(Stream stream) => _model.WriteTo(stream);

    /// <summary>Writes a file under another name first, so that the file is whole whenever it is there.</summary>
    public void Save(string path)
    {
        string whole = Path.GetFullPath(path);
        string partial = $"{whole}.{Guid.NewGuid():N}.partial";
        try
        {
            using (var stream = new FileStream(partial, FileMode.CreateNew, FileAccess.Write))
            {
                Save(stream);
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
