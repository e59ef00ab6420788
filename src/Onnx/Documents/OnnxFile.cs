using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>Reads what stands beside the weights in a model file, without reading the weights.</summary>
public static class OnnxFile
{
    private const int MetadataField = 14;
    private const int MostMetadataBytes = 64 << 20;

    /// <summary>Reads the contract of a model file and skips everything else.</summary>
    /// <exception cref="OnnxModelException">The file is missing, cannot be read, is truncated or no ONNX model.</exception>
    /// <exception cref="ContractException">There is no contract, or it is malformed.</exception>
    public static ModelContract ReadContract(string path)
    {
        using Stream stream = Open(path);
        return ReadContract(stream, path);
    }

    internal static ModelContract ReadContract(Stream stream, string name)
    {
        string json = ReadMetadata(stream, name).GetValueOrDefault(ModelContract.Key)
            ?? throw new ContractException($"is missing: the model has no '{ModelContract.Key}' in its metadata", name);
        try
        {
            return ModelContract.Parse(json);
        }
        catch (ContractException exception)
        {
            throw new ContractException(exception.Reason, name);
        }
    }

    internal static Stream Open(string path)
    {
        try
        {
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (stream.Length > 0)
                return stream;
            stream.Dispose();
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new OnnxModelException(path, Directory.Exists(path) ? "is a folder, expected a file" : "does not exist");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OnnxModelException(path, Directory.Exists(path) ? "is a folder, expected a file" : $"cannot be read: {exception.Message}");
        }

        throw new OnnxModelException(path, "is empty");
    }

    // Long contents are jumped over.
    private static Dictionary<string, string> ReadMetadata(Stream stream, string name)
    {
        var metadata = new Dictionary<string, string>();
        var fields = new ProtobufSkimmer(stream, stream.Length, name, new SkimBudget(MostMetadataBytes, MostMetadataBytes));
        while (fields.Next())
        {
            if (fields.Field != MetadataField)
                continue;
            StringStringEntryProto entry = fields.Read(StringStringEntryProto.Parser);
            metadata[entry.Key] = entry.Value;
        }

        return metadata;
    }
}
