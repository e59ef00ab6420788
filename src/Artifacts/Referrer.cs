namespace Unreel.Artifacts;

/// <summary>A manifest that describes an artifact: a run record, a signature.</summary>
/// <param name="Subject">The digest of the artifact it describes.</param>
/// <param name="Digest">The digest of the manifest itself.</param>
/// <param name="Size">The manifest's size in bytes.</param>
/// <param name="Manifest">The manifest.</param>
public sealed record Referrer(Digest Subject, Digest Digest, long Size, Manifest Manifest);
