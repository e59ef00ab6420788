namespace Unreel.Artifacts;

/// <summary>
/// What an artifact came from and what came from it, as far as asked for. Found breadth first and each artifact once, so that neither depth
/// nor a cycle that somebody contrived can hold it up.
/// </summary>
public sealed class LineageGraph
{
    // One artifact may name another a thousand times.
    private const long EdgesPerNode = 8;

    private readonly Dictionary<Digest, LineageNode> _nodes = [];
    private readonly List<LineageEdge> _edges = [];
    private readonly int _maxNodes;

    private LineageGraph(int maxNodes) => _maxNodes = maxNodes;

    /// <summary>The artifacts, nearest first; the first is the one that was asked for.</summary>
    public IReadOnlyCollection<LineageNode> Nodes => _nodes.Values;

    /// <summary>Which of them were made from which.</summary>
    public IReadOnlyList<LineageEdge> Edges => _edges;

    /// <summary>Whether there is more than is told.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Finds the surroundings of an artifact.</summary>
    /// <param name="index">What there is.</param>
    /// <param name="artifact">The artifact in the middle; it need not be in the index.</param>
    /// <param name="back">How many generations back, at least 0. Default: all.</param>
    /// <param name="forth">How many generations on, at least 0. Default: all.</param>
    /// <param name="maxNodes">How many artifacts at most. Default 500.</param>
    public static LineageGraph Around(IndexSnapshot index, ArtifactRef artifact, int back = int.MaxValue, int forth = int.MaxValue, int maxNodes = 500)
    {
        LineageGraph graph = new(Math.Max(1, maxNodes));
        IndexEntry? entry = index.Find(artifact);
        graph._nodes[artifact.Digest] = new LineageNode(artifact.Digest, entry?.Reference ?? artifact, entry, artifact.ToString(), 0);
        graph.Walk(artifact.Digest, back, -1, digest => graph.InputsOf(index, digest));
        graph.Walk(artifact.Digest, forth, +1, digest => DependentsOf(index, digest));
        return graph;
    }

    private readonly record struct Step(LineageEdge Edge, Digest Next, IndexEntry? Entry, string Text);

    private IEnumerable<Step> InputsOf(IndexSnapshot index, Digest digest)
    {
        foreach (LineageInput input in _nodes[digest].Entry?.Inputs ?? [])
            yield return new Step(new LineageEdge(input.Digest, digest, input.Option), input.Digest, index.ByDigest(input.Digest).FirstOrDefault(), input.Reference);
    }

    private static IEnumerable<Step> DependentsOf(IndexSnapshot index, Digest digest)
    {
        foreach (IndexEntry made in index.DependentsOf(digest))
        {
            foreach (LineageInput input in made.Inputs.Where(input => input.Digest == digest))
                yield return new Step(new LineageEdge(digest, made.Reference.Digest, input.Option), made.Reference.Digest, made, made.Reference.ToString());
        }
    }

    private void Walk(Digest start, int generations, int direction, Func<Digest, IEnumerable<Step>> steps)
    {
        HashSet<Digest> seen = [start];
        Queue<(Digest Digest, int Distance)> waiting = new([(start, 0)]);
        while (waiting.TryDequeue(out (Digest Digest, int Distance) at))
        {
            foreach (Step step in steps(at.Digest))
            {
                if (!_nodes.ContainsKey(step.Next) && (at.Distance >= generations || _nodes.Count >= _maxNodes))
                {
                    IsCut = true;
                    continue;
                }

                if (_edges.Count >= EdgesPerNode * _maxNodes)
                {
                    IsCut = true;
                    return;
                }

                _nodes.TryAdd(step.Next, new LineageNode(step.Next, step.Entry?.Reference, step.Entry, step.Text, direction * (at.Distance + 1)));
                _edges.Add(step.Edge);
                if (seen.Add(step.Next))
                    waiting.Enqueue((step.Next, at.Distance + 1));
            }
        }
    }
}

/// <summary>An artifact in a lineage.</summary>
/// <param name="Digest">Its digest, or that of a folder's listing.</param>
/// <param name="Artifact">Its reference; null where the store does not have it (a folder of the user's, or one that was removed or not copied).</param>
/// <param name="Entry">What the index knows of it; null likewise.</param>
/// <param name="Text">How the lineage names it: <c>kind/name@digest</c> or <c>folder:NAME</c>.</param>
/// <param name="Generation">Steps from the artifact in the middle, on the shortest way: below 0 for what it came from, above for what came from it.</param>
public sealed record LineageNode(Digest Digest, ArtifactRef? Artifact, IndexEntry? Entry, string Text, int Generation);

/// <summary>That one artifact was made from another.</summary>
/// <param name="Input">What it was made from.</param>
/// <param name="Made">What was made.</param>
/// <param name="Option">The option of the stage that named the input.</param>
public sealed record LineageEdge(Digest Input, Digest Made, string Option);
