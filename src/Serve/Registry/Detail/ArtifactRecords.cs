using System.Text.Json;
using Unreel.Artifacts;

namespace Unreel.Serve.Registry;

/// <summary>What was attached to an artifact after it was made: when and where that was, and who signed it.</summary>
/// <param name="Runs">When and where it was made, oldest first.</param>
/// <param name="Signatures">What each signature says of its key, or why that cannot be told. None of them is checked here.</param>
/// <param name="Problem">Why there may be more; null where there is not.</param>
internal sealed record ArtifactRecords(IReadOnlyList<RunRecord> Runs, IReadOnlyList<string> Signatures, string? Problem)
{
    private const int MostSignatures = 16;

    private const long MostBytes = 1 << 20;

    /// <summary>Reads them. What is damaged says so, and does not keep the artifact from being shown.</summary>
    /// <exception cref="StoreUnreachableException">The store cannot be reached.</exception>
    public static async Task<ArtifactRecords> ReadAsync(IArtifactStore store, ArtifactRef artifact, CancellationToken ct)
    {
        IReadOnlyList<RunRecord> runs = [];
        List<string> signatures = [];
        try
        {
            runs = await store.RunsAsync(artifact, ct);
            await foreach (Referrer referrer in store.ListReferrersAsync(artifact.Digest, ct))
            {
                if (referrer.Manifest.ArtifactType == DsseEnvelope.EnvelopeMediaType)
                    signatures.AddRange(await KeysAsync(store, referrer, ct));
                if (signatures.Count >= MostSignatures)
                    break;
            }

            return new ArtifactRecords(runs, [.. signatures.Take(MostSignatures)], null);
        }
        catch (StoreException problem) when (problem is not StoreUnreachableException)
        {
            return new ArtifactRecords(runs, signatures, StoreWords.Of(store, problem));
        }
    }

    private static async Task<IEnumerable<string>> KeysAsync(IArtifactStore store, Referrer referrer, CancellationToken ct)
    {
        if (referrer.Manifest.Layers is not [{ Size: <= MostBytes } layer])
            return ["signature present that cannot be read"];

        try
        {
            DsseEnvelope? envelope = JsonSerializer.Deserialize<DsseEnvelope>(await LayerBytes.ReadAsync(store, layer, ct));
            return (envelope?.Signatures ?? []).Take(MostSignatures).Select(signature => $"signature present, key id {signature?.KeyId ?? "not said"}, not checked here");
        }
        catch (Exception problem) when (problem is JsonException or (StoreException and not StoreUnreachableException))
        {
            return [$"signature present that cannot be read: {StoreWords.Of(store, problem)}"];
        }
    }
}
