using Unreel.Artifacts;

namespace Unreel.Serve.Registry;

/// <summary>Walks the lineage of one artifact, nearest first, and puts what it finds into columns.</summary>
internal sealed class LineageWalk(IndexSnapshot snapshot, int depth, int most)
{
    // A lineage can claim any number of inputs; columns are found by going over all edges again and again.
    private const int MostEdges = 5000;

    private readonly Dictionary<string, LineageNode> _nodes = [];
    private readonly Dictionary<string, IReadOnlyList<LineageInput>> _inputs = [];
    private readonly HashSet<string> _leftOut = [];
    private bool _isDeeper;

    /// <summary>Walks both ways.</summary>
    public LineageView Run(ArtifactRef from, IReadOnlyList<LineageInput> inputs)
    {
        LineageNode here = new(from.Digest.ToString(), from, string.Empty, snapshot.Find(from)?.Stage, 0);
        _nodes[here.Id] = here;
        _inputs[here.Id] = inputs;
        Walk(here, node => _inputs.GetValueOrDefault(node.Id, []).Select(input => (input.Digest.ToString(), Make: (Func<LineageNode>)(() => NodeOf(input)))), -1);
        Walk(here, node => snapshot.DependentsOf(Digest.Parse(node.Id)).Select(entry => (entry.Reference.Digest.ToString(), Make: (Func<LineageNode>)(() => NodeOf(entry)))), 1);
        LineageEdge[] edges = [.. Edges().Take(MostEdges)];
        Spread(edges);
        return new LineageView([_nodes[here.Id], .. _nodes.Values.Where(node => node.Id != here.Id)], edges, _leftOut.Count(id => !_nodes.ContainsKey(id)), _isDeeper);
    }

    private void Walk(LineageNode here, Func<LineageNode, IEnumerable<(string Id, Func<LineageNode> Make)>> next, int direction)
    {
        Queue<LineageNode> waiting = new([here]);
        int taken = 0;
        while (waiting.TryDequeue(out LineageNode? node))
        {
            foreach ((string id, Func<LineageNode> make) in next(node))
            {
                if (_nodes.ContainsKey(id))
                    continue;

                if (taken == most || Math.Abs(node.Column) == depth)
                {
                    _leftOut.Add(id);
                    _isDeeper |= taken < most;
                    continue;
                }

                LineageNode found = make() with { Column = node.Column + direction };
                _nodes[id] = found;
                taken++;
                waiting.Enqueue(found);
            }
        }
    }

    private LineageNode NodeOf(LineageInput input)
    {
        // The same bytes may have several names; the one that the lineage names is meant.
        bool isNamed = ArtifactReference.TryParse(input.Reference, out ArtifactReference? named, out _);
        IndexEntry[] known = [.. snapshot.ByDigest(input.Digest)];
        IndexEntry? entry = known.FirstOrDefault(each => isNamed && each.Reference.Kind == named!.Kind && each.Reference.Name == named.Name) ?? known.FirstOrDefault();
        return entry is null ? new LineageNode(input.Digest.ToString(), null, input.Reference, null, 0) : NodeOf(entry);
    }

    private LineageNode NodeOf(IndexEntry entry)
    {
        string id = entry.Reference.Digest.ToString();
        _inputs[id] = entry.Inputs;
        return new LineageNode(id, entry.Reference, string.Empty, entry.Stage, 0);
    }

    private IEnumerable<LineageEdge> Edges() => _nodes.Keys.ToArray()
        .SelectMany(to => _inputs.GetValueOrDefault(to, []).Where(input => _nodes.ContainsKey(input.Digest.ToString())).Select(input => new LineageEdge(input.Digest.ToString(), to, input.Option)))
        .Distinct();

    // Every input stands left of what was made from it, however long the way between them; a cycle ends it after as many rounds as there are nodes.
    private void Spread(LineageEdge[] edges)
    {
        bool moved = true;
        for (int round = 0; moved && round < _nodes.Count; round++)
        {
            moved = false;
            foreach (LineageEdge edge in edges)
                moved |= Part(edge);
        }
    }

    private bool Part(LineageEdge edge)
    {
        LineageNode input = _nodes[edge.From], made = _nodes[edge.To];
        if (input.Column < made.Column)
            return false;

        if (made.Column > 0)
            _nodes[made.Id] = made with { Column = input.Column + 1 };
        else
            _nodes[input.Id] = input with { Column = made.Column - 1 };

        return true;
    }
}
