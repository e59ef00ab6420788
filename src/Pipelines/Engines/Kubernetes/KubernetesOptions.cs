namespace Unreel.Pipelines;

/// <summary>What the jobs of a pipeline are on Kubernetes.</summary>
public sealed record KubernetesOptions
{
    /// <summary>The image that holds the <c>unreel</c> command.</summary>
    public required string Image { get; init; }

    /// <summary>The store, as the pods reach it: a URI without a secret, or a folder of <see cref="Claim"/>. Null where <see cref="StoreSecret"/> names it.</summary>
    public string? Store { get; init; }

    /// <summary>The Secret that holds the store's URI, <c>NAME/KEY</c>. Null for none.</summary>
    public string? StoreSecret { get; init; }

    /// <summary>The PersistentVolumeClaim that a store in a folder lies on, mounted at that folder. Null for none.</summary>
    public string? Claim { get; init; }

    /// <summary>The service account, which on Azure gives the pods their identity. Null for the namespace's default, without a token.</summary>
    public string? ServiceAccount { get; init; }

    /// <summary>The namespace; null for that of whoever applies the files.</summary>
    public string? Namespace { get; init; }
}

/// <summary>A file that was rendered.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Text">What is in it.</param>
public sealed record RenderedFile(string Name, string Text);
