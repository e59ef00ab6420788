using Google.Protobuf;
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

    // A message is a row of (field number and wire type, content); long contents are jumped over.
    private static Dictionary<string, string> ReadMetadata(Stream stream, string name)
    {
        var metadata = new Dictionary<string, string>();
        while (ReadVarint(stream, name, mayEnd: true) is { } tag)
        {
            if ((tag & 7) == 0)
            {
                ReadVarint(stream, name);
                continue;
            }

            ulong length = (tag & 7) switch
            {
                1 => 8,
                2 => ReadVarint(stream, name)!.Value,
                5 => 4,
                ulong wire => throw new OnnxModelException(name, $"is no ONNX model: field {tag >> 3} has the unknown wire type {wire}"),
            };
            if (length > (ulong)(stream.Length - stream.Position))
                throw new OnnxModelException(name, $"is truncated or no ONNX model: field {tag >> 3} says {length} bytes, {stream.Length - stream.Position} are left");
            if (tag == ((MetadataField << 3) | 2))
                Add(metadata, stream, length, name);
            else
                stream.Seek((long)length, SeekOrigin.Current);
        }

        return metadata;
    }

    private static void Add(Dictionary<string, string> metadata, Stream stream, ulong length, string name)
    {
        if (length > MostMetadataBytes)
            throw new OnnxModelException(name, $"has a metadata entry of {length} bytes; at most {MostMetadataBytes} are read");

        byte[] bytes = new byte[length];
        stream.ReadExactly(bytes);
        try
        {
            var entry = StringStringEntryProto.Parser.ParseFrom(bytes);
            metadata[entry.Key] = entry.Value;
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new OnnxModelException(name, $"has a malformed metadata entry: {exception.Message}");
        }
    }

    private static ulong? ReadVarint(Stream stream, string name, bool mayEnd = false)
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            int next = stream.ReadByte();
            if (next < 0)
                return mayEnd && shift == 0 ? null : throw new OnnxModelException(name, "is truncated or no ONNX model: it ends inside a field");
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw new OnnxModelException(name, "is no ONNX model: a field has a number of more than ten bytes");
    }
}
