namespace Unreel.Artifacts;

/// <summary>A store could not do what was asked; the message names the store, what was expected and what was found.</summary>
public class StoreException : Exception
{
    /// <summary>Makes the error.</summary>
    public StoreException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>There is no artifact by that reference.</summary>
public sealed class ArtifactNotFoundException(string reference, string store)
    : StoreException($"There is no artifact {reference} in {store}.");

/// <summary>Two writers wanted different things, or something still needs what was to be removed; nothing was changed.</summary>
public sealed class StoreConflictException(string message)
    : StoreException(message);

/// <summary>A blob that a manifest names is not in the store.</summary>
public sealed class BlobMissingException(Digest digest, string store)
    : StoreException($"The blob {digest} is not in {store}.");

/// <summary>Stored bytes are not what their digest says: the store is damaged.</summary>
public sealed class DigestMismatchException(Digest expected, Digest found, string store)
    : StoreException($"The blob {expected} in {store} is damaged: its bytes have the digest {found}.");

/// <summary>A tag holds no digest: the store is damaged.</summary>
public sealed class TagDamagedException(string path, string store, string version)
    : StoreException($"{path} in {store} is damaged: it holds no digest. Remove the tag, or point it at an artifact anew.")
{
    /// <summary>The version to compare against when it is removed or moved.</summary>
    public string Version { get; } = version;
}

/// <summary>The store could not be reached.</summary>
public sealed class StoreUnreachableException(string store, string why, Exception? inner = null)
    : StoreException($"The store {store} cannot be reached: {why}", inner);
