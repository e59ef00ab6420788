namespace Unreel.Artifacts;

/// <summary>Follows lineage to its beginnings; depth costs no stack, and a circle ends where it began.</summary>
internal sealed class LineageWalk(IArtifactStore store)
{
    private readonly Dictionary<string, LineageInput> _missing = new(StringComparer.Ordinal);

    /// <summary>Inputs that are not in the store; folders of the user's are none of it and not counted.</summary>
    public IReadOnlyList<LineageInput> Missing => [.. _missing.Values];

    /// <summary>The artifacts and all they were made from, inputs first.</summary>
    public async Task<IReadOnlyList<ArtifactRef>> ReachAsync(IReadOnlyList<ArtifactRef> from, CancellationToken ct)
    {
        HashSet<ArtifactRef> seen = [];
        List<ArtifactRef> order = [];
        Stack<(ArtifactRef Artifact, bool IsEntered)> open = new(from.Reverse().Select(artifact => (artifact, false)));
        while (open.TryPop(out (ArtifactRef Artifact, bool IsEntered) next))
        {
            if (next.IsEntered)
                order.Add(next.Artifact);
            else if (seen.Add(next.Artifact))
            {
                open.Push((next.Artifact, true));
                foreach (ArtifactRef input in await InputsAsync(next.Artifact, ct))
                    open.Push((input, false));
            }
        }

        return order;
    }

    private async Task<List<ArtifactRef>> InputsAsync(ArtifactRef artifact, CancellationToken ct)
    {
        List<ArtifactRef> found = [];
        Lineage lineage = (await store.ReadAsync(artifact, ct)).Lineage;
        foreach (LineageInput input in lineage.Inputs)
        {
            if (!ArtifactReference.TryParse(input.Reference, out ArtifactReference? reference, out _))
                continue;

            // The digest is what the work was done with, whatever the text beside it says now.
            ArtifactRef named = new(reference.Kind, reference.Name, input.Digest);
            if (await store.FindAsync(ArtifactReference.To(named), ct) is not null)
                found.Add(named);
            else
                _missing[named.ToString()] = input;
        }

        return found;
    }
}
