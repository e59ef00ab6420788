using Unreel.Artifacts;
using Unreel.Serve.Http;

namespace Unreel.Serve.Api;

/// <summary>What would lose its origin if an artifact were taken away.</summary>
internal static class Dependents
{
    private const int MostNamed = 5;

    /// <summary>Refuses to take away what something tagged was made from, directly or by way of others.</summary>
    /// <exception cref="RequestException">There is something (409); the message names it.</exception>
    public static void RequireNone(IndexSnapshot snapshot, ArtifactRef artifact)
    {
        // By another name the same bytes stay, and with them the origin of what was made from them.
        if (snapshot.ByDigest(artifact.Digest).Any(entry => entry.Reference != artifact))
            return;

        string[] tags = [.. Tags(snapshot, artifact.Digest)];
        if (tags.Length == 0)
            return;

        string more = tags.Length > MostNamed ? $" and {tags.Length - MostNamed} more" : string.Empty;
        throw new RequestException(
            StatusCodes.Status409Conflict,
            $"{string.Join(", ", tags.Take(MostNamed))}{more} {(tags.Length == 1 ? "was" : "were")} made from {artifact}, directly or by way of others, and would lose {(tags.Length == 1 ? "its" : "their")} origin; ?force=true removes it all the same.");
    }

    private static IEnumerable<string> Tags(IndexSnapshot snapshot, Digest digest)
    {
        HashSet<ArtifactRef> seen = [];
        Queue<Digest> waiting = new([digest]);
        while (waiting.TryDequeue(out Digest next))
        {
            foreach (ArtifactRef dependent in snapshot.DependentsOf(next).Select(entry => entry.Reference).Where(seen.Add))
            {
                foreach (string tag in snapshot.TagsOf(dependent))
                    yield return $"{ArtifactReference.KindText(dependent.Kind)}/{dependent.Name}:{tag}";

                waiting.Enqueue(dependent.Digest);
            }
        }
    }
}
