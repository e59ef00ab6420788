namespace Unreel.Artifacts;

/// <summary>Moves tags for those who want them moved whatever they pointed to before.</summary>
public static class TagMoves
{
    private const int Attempts = 50;

    /// <summary>Points a tag at an artifact, again after each time another writer was quicker.</summary>
    /// <param name="store">Whose tag.</param>
    /// <param name="artifact">What it is to point to.</param>
    /// <param name="tag">The tag's name.</param>
    /// <param name="time">The clock of the waits between attempts.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="StoreException">Others moved it every time.</exception>
    public static async Task MoveTagAsync(this IArtifactStore store, ArtifactRef artifact, string tag, TimeProvider time, CancellationToken ct)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            Tag? current = await store.ReadTagAsync(artifact.Kind, artifact.Name, tag, ct);
            if (current?.Target == artifact.Digest || await store.TryMoveTagAsync(artifact.Kind, artifact.Name, tag, artifact.Digest, current, ct))
                return;

            await Task.Delay(TimeSpan.FromMilliseconds(20 * (attempt + 1)), time, ct);
        }

        throw new StoreException($"The tag {artifact.Name}:{tag} in {store.Location} was moved by others {Attempts} times in a row; expected to move it to {artifact.Digest}.");
    }
}
