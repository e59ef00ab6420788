using Unreel.Artifacts;
using Unreel.Onnx;
using Unreel.Testing;
using Unreel.Testing.Models;
using Unreel.Video;

namespace Unreel.Serve.Tests;

/// <summary>A store with tiny models in it.</summary>
internal sealed class ModelShelf : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private int _made;

    public ModelShelf() => Store = ArtifactStores.Open(_folder.File("store"));

    public ArtifactStore Store { get; }

    public string Cache => _folder.File("cache");

    public string CachedModel(ArtifactRef model) => Path.Combine(Cache, "sha256", model.Digest.Hex, "model.onnx");

    public void Dispose() => _folder.Dispose();

    /// <summary>Publishes a model.</summary>
    /// <param name="seed">Of its weights.</param>
    /// <param name="change">Changes the folder before it is published.</param>
    /// <param name="golden">Whether it brings a clip.</param>
    /// <param name="broken">Whether its weights are no numbers.</param>
    public async Task<ArtifactRef> AddAsync(ulong seed, Action<string>? change = null, bool golden = true, bool broken = false)
    {
        string folder = _folder.File($"made{++_made}");
        string model = TinyModel.Write(folder, seed, new ClipPreparation { Frames = 4, Stride = 2, Size = 16 }, broken: broken);
        if (golden)
            GoldenClip.Write(model, Clip(seed));
        change?.Invoke(folder);
        return await ArtifactFolder.AddFolderAsync(Store, ArtifactKind.Onnx, "tiny", new Lineage { Stage = "put" }, folder, null, default);
    }

    /// <summary>Moves the tag <c>latest</c>.</summary>
    public Task TagAsync(ArtifactRef model) => Store.MoveTagAsync(model, "latest", TimeProvider.System, default);

    /// <summary>A clip that the models take.</summary>
    public static byte[] Clip(ulong seed)
    {
        RandomStream random = new(seed, "shelf", 0);
        return [.. Enumerable.Range(0, 4 * 16 * 16 * 3).Select(_ => (byte)random.NextInt(256))];
    }
}
