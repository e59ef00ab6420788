using System.Globalization;
using Google.Protobuf;
using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>
/// Where variants of one model are tried. They share most of their constants, so each constant is written once, to one file that all
/// variants refer to; constants of one name must be the same in all. Disposing removes everything.
/// </summary>
internal sealed class TrialFolder : IDisposable
{
    private const string Weights = "weights.data";

    private readonly DirectoryInfo _folder;
    private readonly Dictionary<string, long> _places = [];
    private long _end;
    private int _variants;

    /// <summary>Makes a folder of its own in <paramref name="parent"/>.</summary>
    internal TrialFolder(string parent) => _folder = Directory.CreateDirectory(Path.Combine(parent, $"trial-{Guid.NewGuid():N}"));

    /// <summary>Writes a variant and loads it.</summary>
    /// <param name="document">The variant; its first input takes clips.</param>
    /// <param name="threads">Threads of a run; 0 one for each core.</param>
    /// <exception cref="OnnxModelException">ONNX Runtime cannot load it.</exception>
    internal TensorSession Open(OnnxDocument document, int threads)
    {
        ModelProto model = document.WithoutGraph();
        model.Graph = document.Model.Graph.Clone();
        using (FileStream shared = File.OpenWrite(Path.Combine(_folder.FullName, Weights)))
        {
            foreach (Initializer initializer in document.Initializers)
                model.Graph.Initializer.Add(Header(initializer, shared));
        }

        string path = Path.Combine(_folder.FullName, string.Create(CultureInfo.InvariantCulture, $"{_variants++}.onnx"));
        using (FileStream stream = File.Create(path))
            model.WriteTo(stream);
        return TensorSession.Open(path, new OnnxModelOptions { Threads = threads });
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    private TensorProto Header(Initializer initializer, FileStream shared)
    {
        if (initializer.Length < ModelWriter.LeastExternal)
        {
            TensorProto whole = ModelWriter.Header(initializer);
            whole.RawData = ByteString.CopyFrom(initializer.Read().Span);
            return whole;
        }

        if (!_places.TryGetValue(initializer.Name, out long place))
        {
            place = _places[initializer.Name] = ModelWriter.Aligned(_end);
            shared.Position = place;
            shared.Write(initializer.Read().Span);
            _end = place + initializer.Length;
        }

        return ModelWriter.Header(initializer, Weights, place);
    }
}
