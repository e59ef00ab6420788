namespace Unreel.Artifacts.Tests;

/// <summary>Lineages that are deep, wide, cyclic or lead out of the store.</summary>
public sealed class LineageGraphTests
{
    private static Digest Name(int i) => Digest.Of(BitConverter.GetBytes(i));

    private static IndexEntry Entry(int i, params int[] inputs) => new()
    {
        Reference = new ArtifactRef(ArtifactKind.Weights, "g", Name(i)),
        Made = DateTimeOffset.UnixEpoch.AddSeconds(i),
        Stage = "s",
        Size = i,
        Files = 1,
        Inputs = [.. inputs.Select(input => new LineageInput("from", $"weights/g@{Name(input)}", Name(input)))],
    };

    private static IndexSnapshot Snapshot(params IEnumerable<IndexEntry> entries) => new([.. entries.Select(entry => new IndexRow(entry))], [], []);

    [Fact]
    public void Ten_thousand_generations_are_walked_both_ways()
    {
        IndexSnapshot index = Snapshot(Enumerable.Range(0, 10_001).Select(i => i == 0 ? Entry(0) : Entry(i, i - 1)));

        LineageGraph graph = LineageGraph.Around(index, Entry(5000).Reference, maxNodes: int.MaxValue);

        Assert.Equal((10_001, 10_000, false), (graph.Nodes.Count, graph.Edges.Count, graph.IsCut));
        Assert.Equal(-5000, graph.Nodes.Single(node => node.Digest == Name(0)).Generation);
        Assert.Equal(5000, graph.Nodes.Single(node => node.Digest == Name(10_000)).Generation);
    }

    [Fact]
    public void A_contrived_cycle_ends()
    {
        IndexSnapshot index = Snapshot(Entry(1, 3), Entry(2, 1), Entry(3, 2));

        LineageGraph graph = LineageGraph.Around(index, Entry(1).Reference);

        Assert.Equal(3, graph.Nodes.Count);
        Assert.False(graph.IsCut);
        Assert.Equal([(Name(1), Name(2)), (Name(2), Name(3)), (Name(3), Name(1))], graph.Edges.Select(edge => (edge.Input, edge.Made)).Distinct().OrderBy(edge => Array.IndexOf([Name(1), Name(2), Name(3)], edge.Item1)));
    }

    [Theory]
    [InlineData(1, 500, 3, true)]
    [InlineData(2, 500, 5, true)]
    [InlineData(9, 500, 11, false)]
    [InlineData(9, 4, 4, true)]
    public void What_is_left_out_is_said(int generations, int nodes, int expected, bool cut)
    {
        IndexSnapshot index = Snapshot(Enumerable.Range(0, 11).Select(i => i == 0 ? Entry(0) : Entry(i, i - 1)));

        LineageGraph graph = LineageGraph.Around(index, Entry(5).Reference, generations, generations, nodes);

        Assert.Equal((expected, cut), (graph.Nodes.Count, graph.IsCut));
    }

    [Fact]
    public void Inputs_that_are_not_here_are_told_by_their_names()
    {
        LineageGraph graph = LineageGraph.Around(Snapshot(Entry(2, 1)), Entry(2).Reference);

        LineageNode absent = graph.Nodes.Single(node => node.Digest == Name(1));
        Assert.Null(absent.Entry);
        Assert.Equal($"weights/g@{Name(1)}", absent.Text);
    }

    [Fact]
    public void Searching_finds_words_orders_and_pages()
    {
        IndexSnapshot index = Snapshot(Entry(3), Entry(1), Entry(2) with { Stage = "Pretrain", Metrics = new SortedDictionary<string, double> { ["top1"] = 0.5 } });

        Assert.Equal([3L, 2L, 1L], index.Search(new IndexQuery()).Entries.Select(entry => entry.Size));
        Assert.Equal([2L], index.Search(new IndexQuery { Offset = 1, Count = 1, Order = IndexOrder.Size }).Entries.Select(entry => entry.Size));
        Assert.Equal(3, index.Search(new IndexQuery { Count = 1 }).Total);
        Assert.Equal([2L], index.Search(new IndexQuery { Text = "PRETRAIN top" }).Entries.Select(entry => entry.Size));
        Assert.Equal([2L, 3L, 1L], index.Search(new IndexQuery { Order = IndexOrder.Metric, Metric = "top1" }).Entries.Select(entry => entry.Size));
        Assert.Equal([1L], index.Search(new IndexQuery { Text = Name(1).ToString()[..20] }).Entries.Select(entry => entry.Size));
        Assert.Empty(index.Search(new IndexQuery { Text = "pretrain nothing" }).Entries);
    }
}
