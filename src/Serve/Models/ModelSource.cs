using System.Security.Cryptography;
using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Serve.Models;

/// <summary>Brings models to this machine: artifacts into a cache by digest, the user's own files as they are.</summary>
/// <remarks>
/// A file is checked against its digest while it is fetched, and a fetched folder appears whole or not at all, whoever else fetches the same. From then on
/// the cache is trusted as long as each file has its size and is not newer than the mark that was written last; one that is not so is hashed, and fetched
/// again where it is another. So starting again does not read models twice, and damage without a trace in a file's times is found by the self-test only.
/// </remarks>
public sealed class ModelSource(IArtifactStore? store, string? cacheFolder = null, SignaturePolicy? signatures = null)
{
    /// <summary>The name an artifact's model file goes by.</summary>
    public const string FileName = "model.onnx";

    private readonly string _cache = cacheFolder ?? DefaultCache();

    /// <summary>Finds a model and brings its file here.</summary>
    /// <param name="model">An artifact's reference, an ONNX file, or a folder that holds <see cref="FileName"/>.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="UsageException">There is no such model, or it is no model.</exception>
    /// <exception cref="StoreException">The store could not give it.</exception>
    public Task<ModelFile> FetchAsync(string model, CancellationToken ct)
    {
        StageInput input = StageInput.Parse(model);
        return input.IsPath ? FromPathAsync(input.Text, ct) : FromStoreAsync(input.Reference, ct);
    }

    /// <summary>Reads the keys that models must be signed by; null where none are named.</summary>
    /// <exception cref="UsageException">A file holds no public key.</exception>
    public static SignaturePolicy? ReadKeys(IReadOnlyList<string> files)
    {
        try
        {
            return SignaturePolicy.FromFiles(files);
        }
        catch (SignatureException problem)
        {
            throw new UsageException(problem.Message, problem);
        }
    }

    private async Task<ModelFile> FromPathAsync(string path, CancellationToken ct)
    {
        if (signatures is not null)
            throw new UsageException($"The model {path} is a file, which has no signature; with --require-signature an artifact such as onnx/quickstart:latest is expected.");

        string file = Directory.Exists(path) ? Path.Combine(path, FileName) : path;
        if (!File.Exists(file))
            throw new UsageException($"There is no model at {file}; expected an ONNX file, a folder with {FileName}, or an artifact such as onnx/quickstart:latest.");

        return new ModelFile(path, await DigestAsync(file, ct), file);
    }

    private static async Task<Digest> DigestAsync(string file, CancellationToken ct)
    {
        await using FileStream stream = File.OpenRead(file);
        return Digest.FromHash(await SHA256.HashDataAsync(stream, ct));
    }

    private static string DefaultCache()
    {
        string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (!string.IsNullOrEmpty(cache))
            return Path.Combine(cache, "unreel");

        // A service may have no home; the system's temporary folder outlives the process, which is all a cache needs.
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        return home.Length > 0 ? Path.Combine(home, ".cache", "unreel") : Path.Combine(Path.GetTempPath(), "unreel-cache");
    }

    /// <summary>Finds what an artifact's reference means now.</summary>
    /// <exception cref="UsageException">There is no such model, it is of another kind, or no store was named.</exception>
    /// <exception cref="StoreException">The store could not tell.</exception>
    internal async Task<ArtifactRef> FindAsync(ArtifactReference reference, CancellationToken ct)
    {
        if (store is null)
            throw new UsageException($"The model {reference} is an artifact, but no store was named.");
        if (reference.Kind != ArtifactKind.Onnx)
            throw new UsageException($"{reference} is no model; expected an artifact of kind onnx, e.g. onnx/quickstart:latest.");

        return await store.FindAsync(reference, ct)
            ?? throw new UsageException($"There is no model {reference} in {store.Location}.");
    }

    /// <summary>Brings an artifact's files into the cache.</summary>
    /// <param name="reference">What the user calls it.</param>
    /// <param name="found">What that means.</param>
    /// <param name="ct">Cancels; what was fetched is used next time.</param>
    /// <exception cref="UsageException">It holds no model, or no key that is trusted has signed it.</exception>
    /// <exception cref="StoreException">The store could not give it.</exception>
    internal async Task<ModelFile> FetchAsync(ArtifactReference reference, ArtifactRef found, CancellationToken ct)
    {
        Artifact artifact = await store!.ReadAsync(found, ct);
        await RequireSignatureAsync(found, ct);
        if (artifact.Manifest.Layers.All(layer => layer.Title != FileName))
            throw new UsageException($"{found} holds no {FileName}; it holds {string.Join(", ", artifact.Manifest.Layers.Select(layer => layer.Title))}.");

        string folder = await ArtifactFolder.FetchAsync(store, artifact, Path.Combine(_cache, "sha256", found.Digest.Hex), ct);
        return new ModelFile(reference.ToString(), found.Digest, Path.Combine(folder, FileName));
    }

    /// <summary>Takes the folders of the cache and the store out of a message that is for callers; a folder's name may hold blanks, and no pattern finds its end.</summary>
    internal string WithoutFolders(string message)
    {
        foreach (string folder in new[] { Path.GetFullPath(_cache), _cache, store?.Location }.OfType<string>().Where(folder => folder.Length > 1).OrderByDescending(folder => folder.Length))
            message = message.Replace($"{folder.TrimEnd('/')}/", string.Empty, StringComparison.Ordinal).Replace(folder, string.Empty, StringComparison.Ordinal);

        return message;
    }

    // Before anything is fetched, and of the very digest that is fetched then.
    private async Task RequireSignatureAsync(ArtifactRef found, CancellationToken ct)
    {
        if (signatures is null)
            return;

        try
        {
            await signatures.RequireAsync(store!, found, ct);
        }
        catch (SignatureException problem)
        {
            throw new UsageException(problem.Message, problem);
        }
    }

    private async Task<ModelFile> FromStoreAsync(ArtifactReference reference, CancellationToken ct) =>
        await FetchAsync(reference, await FindAsync(reference, ct), ct);
}
