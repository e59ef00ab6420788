using System.Globalization;
using System.IO.Compression;

namespace Unreel.Modeling;

/// <summary>
/// Writes files that <c>torch.load</c> reads, with <c>weights_only</c> or without: <c>{"model": state dict}</c> as VideoMAE's
/// own checkpoints, and beside it, as text, what only we ask for. The bytes depend on the content alone.
/// </summary>
internal static class TorchCheckpointWriter
{
    private const string Root = "archive/";
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes a file; it is there whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">Single-precision tensors, in the order they shall have.</param>
    /// <param name="description">Our description of the model.</param>
    public static void Write(string path, IReadOnlyList<TensorToWrite> tensors, string description) =>
        AtomicFile.Write(path, stream => Write(stream, tensors, description));

    private static void Write(Stream stream, IReadOnlyList<TensorToWrite> tensors, string description)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        Add(zip, "data.pkl", entry => entry.Write(Pickle(tensors, description)));
        Add(zip, "byteorder", entry => entry.Write("little"u8));
        for (int index = 0; index < tensors.Count; index++)
        {
            TensorToWrite tensor = tensors[index];
            Add(zip, $"data/{index}", tensor.WriteTo);
        }

        Add(zip, "version", entry => entry.Write("3\n"u8));
    }

    private static void Add(ZipArchive zip, string name, Action<Stream> write)
    {
        ZipArchiveEntry entry = zip.CreateEntry(Root + name, CompressionLevel.NoCompression);
        entry.LastWriteTime = Epoch;
        using Stream stream = entry.Open();
        write(stream);
    }

    private static byte[] Pickle(IReadOnlyList<TensorToWrite> tensors, string description)
    {
        var pickle = new PickleWriter();
        pickle.BeginDictionary();
        pickle.Text("model");
        pickle.BeginOrderedDictionary();
        for (int index = 0; index < tensors.Count; index++)
        {
            pickle.Text(tensors[index].Name);
            pickle.Tensor(index.ToString(CultureInfo.InvariantCulture), tensors[index].Shape);
        }

        pickle.EndDictionary();
        pickle.Text(SafetensorsSource.DescriptionKey);
        pickle.Text(description);
        pickle.EndDictionary();
        return pickle.End();
    }
}
