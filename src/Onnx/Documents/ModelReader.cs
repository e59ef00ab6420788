using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>Reads a model without its weights: of each constant it keeps where its bytes lie.</summary>
internal static class ModelReader
{
    private const int GraphField = 7;
    private const int InitializerField = 5;
    private const int RawDataField = 9;

    /// <summary>Reads a model.</summary>
    /// <param name="stream">The model; seekable. Read again whenever a constant's bytes are asked for, unless <paramref name="path"/> is given.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="path">The file it is in, which constants' bytes are then read from; null where it is in none.</param>
    /// <param name="budget">How much of it may be read.</param>
    /// <exception cref="OnnxModelException">The bytes are no ONNX model.</exception>
    internal static OnnxDocument Read(Stream stream, string name, string? path, SkimBudget budget)
    {
        var source = new Source(stream, name, path, new SortedSet<string>(StringComparer.Ordinal));
        var model = new ModelProto();
        List<Initializer> initializers = [];
        bool hasGraph = false;
        var fields = new ProtobufSkimmer(stream, stream.Length, name, budget);
        while (fields.Next())
        {
            if (fields.Field == GraphField)
            {
                model.Graph ??= new GraphProto();
                ReadGraph(fields.Inside(), model.Graph, initializers, source);
                hasGraph = true;
            }
            else
            {
                fields.MergeInto(model);
            }
        }

        return hasGraph ? new OnnxDocument(model, initializers) { ExternalFiles = [.. source.Files] } : throw new OnnxModelException(name, "is no ONNX model: it holds no graph");
    }

    private static void ReadGraph(ProtobufSkimmer fields, GraphProto graph, List<Initializer> initializers, Source source)
    {
        while (fields.Next())
        {
            if (fields.Field == InitializerField)
                initializers.Add(ReadInitializer(fields.Inside(), source));
            else
                fields.MergeInto(graph);
        }
    }

    private static Initializer ReadInitializer(ProtobufSkimmer fields, Source source)
    {
        var header = new TensorProto();
        (long Start, long Length)? raw = null;
        while (fields.Next())
        {
            if (fields.Field == RawDataField)
                raw = (fields.Start, fields.Length);
            else
                fields.MergeInto(header);
        }

        if (header.Dims.Any(extent => extent < 0))
            throw new OnnxModelException(source.Name, $"has the constant '{header.Name}' of shape [{string.Join(", ", header.Dims)}], expected no extent below 0");

        try
        {
            return new Initializer(header.Name, (ElementType)header.DataType, header.Dims, BytesOf(header, raw, source));
        }
        catch (Exception exception) when (exception is GraphException or OverflowException)
        {
            throw new OnnxModelException(source.Name, $"has the constant '{header.Name}' of shape [{string.Join(", ", header.Dims)}], which cannot be read: {exception.Message}");
        }
    }

    private static Func<ReadOnlyMemory<byte>> BytesOf(TensorProto header, (long Start, long Length)? raw, Source source)
    {
        if (header.DataLocation == TensorProto.Types.DataLocation.External)
            return source.External(header);
        if (raw is { } place)
            return () => source.Read(place.Start, place.Length);
        if (header.FloatData.Count > 0)
            return () => RawData.Of<float>(header.FloatData.ToArray());
        if (header.Int64Data.Count > 0)
            return () => RawData.Of<long>(header.Int64Data.ToArray());
        if (header.DoubleData.Count > 0)
            return () => RawData.Of<double>(header.DoubleData.ToArray());
        if (header.Int32Data.Count == 0)
            return () => ReadOnlyMemory<byte>.Empty;

        // Everything narrower than 32 bits is kept in 32-bit integers, one an element.
        return (ElementType)header.DataType switch
        {
            ElementType.Int32 => () => RawData.Of<int>(header.Int32Data.ToArray()),
            ElementType.UInt8 or ElementType.Int8 or ElementType.Bool or ElementType.Int4 or ElementType.UInt4 => () => header.Int32Data.Select(value => (byte)value).ToArray(),
            _ => () => RawData.Of<ushort>(header.Int32Data.Select(value => (ushort)value).ToArray()),
        };
    }

    private sealed record Source(Stream Stream, string Name, string? Path, SortedSet<string> Files)
    {
        internal ReadOnlyMemory<byte> Read(long start, long length)
        {
            byte[] bytes = new byte[length];
            if (Path is not null)
            {
                ReadFrom(Path, bytes, start);
                return bytes;
            }

            lock (Stream)
            {
                Stream.Position = start;
                Stream.ReadExactly(bytes);
            }

            return bytes;
        }

        /// <summary>Where a constant lies that is kept in a file beside the model; that file must lie beside the model or below.</summary>
        internal Func<ReadOnlyMemory<byte>> External(TensorProto header)
        {
            Dictionary<string, string> entries = new(StringComparer.Ordinal);
            foreach (StringStringEntryProto entry in header.ExternalData)
            {
                if (!entries.TryAdd(entry.Key, entry.Value))
                    throw Wrong(header, $"says '{entry.Key}' twice of the file it is in");
            }

            string location = entries.GetValueOrDefault("location") ?? throw Wrong(header, "names no file");
            if (Path is null)
                return () => throw Wrong(header, $"is in the file '{location}' beside the model, which is not at hand when a model is read from memory");
            if (System.IO.Path.IsPathRooted(location) || location.Split('/', '\\').Contains(".."))
                throw Wrong(header, $"is in '{location}', which is not beside the model");

            string folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;
            string file = System.IO.Path.Combine(folder, location);
            if (LeavesBy(folder, location) is { } link)
                throw Wrong(header, $"is in '{location}', but '{link}' is a link out of the model's folder");
            long offset = Number("offset") ?? 0;
            long? length = Number("length");
            long expected = ((ElementType)header.DataType).BytesOf(header.Dims.Aggregate(1L, (product, extent) => checked(product * extent)));
            long actual = File.Exists(file) ? new FileInfo(file).Length : throw Wrong(header, $"is in '{location}', which does not exist");
            if ((length ?? expected) != expected || offset > actual - expected)
                throw Wrong(header, $"needs {expected} bytes at {offset} of '{location}', which says {length ?? expected} and has {actual}");

            Files.Add(file);
            return () =>
            {
                byte[] bytes = new byte[expected];
                ReadFrom(file, bytes, offset);
                return bytes;
            };

            long? Number(string key) => entries.TryGetValue(key, out string? text)
                ? long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : throw Wrong(header, $"has the {key} '{text}', expected a number")
                : null;
        }

        // The first part of a place below a folder that is a link to somewhere else; links within the folder are as good as files.
        private static string? LeavesBy(string folder, string location)
        {
            string whole = folder;
            foreach (string part in location.Split('/', System.IO.Path.DirectorySeparatorChar))
            {
                whole = System.IO.Path.Combine(whole, part);
                FileSystemInfo entry = Directory.Exists(whole) ? new DirectoryInfo(whole) : new FileInfo(whole);
                if (entry.LinkTarget is not null && entry.ResolveLinkTarget(returnFinalTarget: true) is { } target
                    && !target.FullName.StartsWith(folder.TrimEnd(System.IO.Path.DirectorySeparatorChar) + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal))
                    return part;
            }

            return null;
        }

        private static void ReadFrom(string file, byte[] bytes, long start)
        {
            using SafeFileHandle handle = File.OpenHandle(file, options: FileOptions.SequentialScan);
            for (int done = 0; done < bytes.Length;)
            {
                int read = RandomAccess.Read(handle, bytes.AsSpan(done), start + done);
                done += read > 0 ? read : throw new EndOfStreamException($"'{file}' ends at {start + done}, expected {bytes.Length - done} more bytes");
            }
        }

        private OnnxModelException Wrong(TensorProto header, string reason) => new(Name, $"has the constant '{header.Name}' that {reason}");
    }
}
