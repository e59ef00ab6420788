using System.Runtime.InteropServices;
using System.Text;

namespace Unreel.Modeling;

/// <summary>
/// The state dict of a file that PyTorch's <c>torch.save</c> wrote (1.6 or later): a zip archive whose entry <c>data.pkl</c>
/// is a pickle and whose entries <c>data/N</c> are the numbers. The pickle is read as data and never run; tensors are read
/// from the archive one at a time.
/// </summary>
internal sealed class TorchCheckpoint : ITensorSource
{
    private const string PickleName = "data.pkl";
    private static readonly string[] Containers = ["model", "module", "state_dict"];
    private readonly StoredZip _zip;
    private readonly string _root;
    private readonly Dictionary<string, PickleTensor> _tensors;

    private TorchCheckpoint(StoredZip zip)
    {
        _zip = zip;
        _root = FindRoot();
        CheckByteOrder();
        var all = PickleReader.Read(Path, zip.Read(zip.Entries[_root + PickleName], PickleReader.LargestPickle)) as PickleDictionary
            ?? throw zip.Broken("expected a dictionary with the weights, found something else.");
        Description = all.Items.GetValueOrDefault(SafetensorsSource.DescriptionKey) as string;
        _tensors = StateDict(all);
        Shapes = _tensors.ToDictionary(entry => entry.Key, entry => entry.Value.Shape, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public string Path => _zip.Path;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, long[]> Shapes { get; }

    /// <inheritdoc/>
    public string? Description { get; }

    /// <summary>Opens a file, reads its pickle, and checks that every tensor lies within it.</summary>
    /// <exception cref="CheckpointException">The file is of another format, damaged, or asks for something that is refused.</exception>
    public static TorchCheckpoint Open(string path)
    {
        CheckFormat(path);
        StoredZip zip = StoredZip.Open(path);
        try
        {
            return new TorchCheckpoint(zip);
        }
        catch
        {
            zip.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public float[] ReadFloats(string name)
    {
        PickleTensor tensor = _tensors.GetValueOrDefault(name) ?? throw _zip.Broken($"there is no tensor '{name}'.");
        return tensor.Storage.Type switch
        {
            TensorType.F32 => ReadAs<float>(tensor),
            TensorType.F16 => Array.ConvertAll(ReadAs<Half>(tensor), value => (float)value),
            TensorType.BF16 => Array.ConvertAll(ReadAs<ushort>(tensor), value => BitConverter.UInt32BitsToSingle((uint)value << 16)),
            TensorType.F64 => Array.ConvertAll(ReadAs<double>(tensor), value => (float)value),
            _ => throw _zip.Broken($"tensor '{name}' holds {tensor.Storage.Type.FormatName()}; expected floating-point numbers."),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _zip.Dispose();

    private static void CheckFormat(string path)
    {
        if (!File.Exists(path))
            throw new ModelException($"There is no file '{path}'.");

        Span<byte> start = stackalloc byte[512];
        using FileStream stream = File.OpenRead(path);
        start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        if (start.StartsWith("PK"u8))
            return;

        bool isOld = (start.Length > 0 && start[0] == 0x80) || (start.Length > 262 && start[257..].StartsWith("ustar"u8));
        throw new CheckpointException(path, isOld
            ? "is of PyTorch's format before 1.6 (a bare pickle or a tar), which is not read. Load it with PyTorch and save it again: torch.save(…) writes the present format."
            : "is no file of torch.save: expected a zip archive.");
    }

    private string FindRoot()
    {
        string[] pickles = [.. _zip.Entries.Keys.Where(name => name == PickleName || name.EndsWith("/" + PickleName, StringComparison.Ordinal))];
        if (pickles.Length != 1)
            throw _zip.Broken($"expected one entry {PickleName} as torch.save writes, found {pickles.Length} in {_zip.Entries.Count} entries.");

        string root = pickles[0][..^PickleName.Length];
        return _zip.Entries.ContainsKey(root + "constants.pkl")
            ? throw _zip.Broken("is a TorchScript program, not a checkpoint; programs are never run. Save the module's state_dict() with torch.save.")
            : root;
    }

    private void CheckByteOrder()
    {
        if (_zip.Entries.TryGetValue(_root + "byteorder", out StoredZipEntry? entry) && Encoding.UTF8.GetString(_zip.Read(entry, 64)) is var order and not "little")
            throw _zip.Broken($"its numbers are in byte order '{order}'; expected 'little'.");
    }

    private Dictionary<string, PickleTensor> StateDict(PickleDictionary all)
    {
        PickleDictionary found = Containers.Select(name => all.Items.GetValueOrDefault(name)).OfType<PickleDictionary>().FirstOrDefault() ?? all;
        var tensors = new Dictionary<string, PickleTensor>(StringComparer.Ordinal);
        foreach ((object key, object? value) in found.Items)
        {
            if (key is string name && value is PickleTensor tensor)
                tensors.Add(name, Checked(name, tensor));
            else if (found != all)
                throw _zip.Broken($"'{key}' among the weights is no tensor.");
        }

        return tensors.Count > 0
            ? tensors
            : throw _zip.Broken($"holds no weights: expected a dictionary under {string.Join(", ", Containers.Select(name => $"'{name}'"))}, or tensors themselves; found {string.Join(", ", all.Items.Keys.Take(20))}.");
    }

    private PickleTensor Checked(string name, PickleTensor tensor)
    {
        if (!_zip.Entries.TryGetValue(EntryName(tensor), out StoredZipEntry? entry))
            throw _zip.Broken($"tensor '{name}' needs the entry {EntryName(tensor)}, which is not there.");

        // Divided, since a count that was made up may overflow when it is multiplied.
        int size = tensor.Storage.Type.ElementBytes();
        return entry.Length % size == 0 && entry.Length / size == tensor.Storage.Count
            ? tensor
            : throw _zip.Broken($"tensor '{name}' needs {tensor.Storage.Count} numbers of {size} bytes, {EntryName(tensor)} has {entry.Length} bytes.");
    }

    private string EntryName(PickleTensor tensor) => $"{_root}data/{tensor.Storage.Key}";

    private T[] ReadAs<T>(PickleTensor tensor)
        where T : unmanaged
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("Tensors are read on little-endian machines only.");
        if (tensor.Count == 0)
            return [];

        int size = tensor.Storage.Type.ElementBytes();
        long last = tensor.Shape.Zip(tensor.Strides).Sum(axis => (axis.First - 1) * axis.Second);
        if (last >= Array.MaxLength / size)
            throw _zip.Broken($"a tensor of {last + 1} numbers of {size} bytes is larger than the {Array.MaxLength} bytes that are read at once.");

        T[] span = new T[last + 1];
        _zip.Read(_zip.Entries[EntryName(tensor)], tensor.Offset * size, MemoryMarshal.AsBytes(span.AsSpan()));
        return tensor.IsContiguous ? span : Gathered(tensor, span);
    }

    private static T[] Gathered<T>(PickleTensor tensor, T[] span)
    {
        T[] values = new T[tensor.Count];
        long[] at = new long[tensor.Shape.Length];
        for (long index = 0, from = 0; index < values.Length; index++)
        {
            values[index] = span[from];
            for (int axis = at.Length - 1; axis >= 0; axis--)
            {
                from += tensor.Strides[axis];
                if (++at[axis] < tensor.Shape[axis])
                    break;
                from -= tensor.Shape[axis] * tensor.Strides[axis];
                at[axis] = 0;
            }
        }

        return values;
    }
}
