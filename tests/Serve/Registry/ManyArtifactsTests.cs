using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Unreel.Artifacts;
using Unreel.Serve.Http;
using Unreel.Serve.Registry;
using Xunit.Abstractions;

namespace Unreel.Serve.Tests.Registry;

/// <summary>Pages of a store with 100,000 artifacts. How long they take is told, not judged: UNREEL_LONG_TESTS=1 makes the store that large.</summary>
public sealed class ManyArtifactsTests(ITestOutputHelper output)
{
    private static readonly int Count = Environment.GetEnvironmentVariable("UNREEL_LONG_TESTS") == "1" ? 100_000 : 6_000;

    [Fact]
    public async Task Lists_searches_and_lineage_stay_as_small_as_a_page()
    {
        IndexSnapshot snapshot = await ManyArtifacts.SnapshotAsync(Count);
        string[] queries = ["", "q=model-7-", "q=top1 export", "kind=onnx&order=metric:top1", "order=name&page=20", "tagged=1", "q=nothing-is-called-so"];

        foreach (string query in (string[])[.. queries, .. queries])
        {
            long began = Stopwatch.GetTimestamp();
            Html page = ListPage.Body(snapshot, ListQuery.ReadPage(Query(query), ListPage.PageSize));
            output.WriteLine(FormattableString.Invariant($"{Count} artifacts, '{query}': {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0.0} ms, {page.Text.Length} characters"));
            Assert.InRange(page.Text.Length, 1000, 100_000);
        }

        IndexEntry middle = snapshot.Entries.First(entry => entry.Stage == "finetune");
        for (int look = 0; look < 2; look++)
        {
            long from = Stopwatch.GetTimestamp();
            LineageView view = LineageView.Of(snapshot, middle.Reference, middle.Inputs, 10, 40);
            Html drawn = LineagePicture.Of(view, snapshot);
            output.WriteLine(FormattableString.Invariant($"{Count} artifacts, lineage: {Stopwatch.GetElapsedTime(from).TotalMilliseconds:0.0} ms"));
            Assert.Equal(["synthesize", "pretrain", "finetune", "export", "evaluate", "score"], view.Nodes.OrderBy(node => node.Column).Select(node => node.Stage));
            Assert.InRange(drawn.Text.Length, 1000, 20_000);
        }
    }

    [Fact]
    public async Task Lineage_that_goes_in_circles_or_is_deep_ends()
    {
        IndexSnapshot snapshot = await ManyArtifacts.SnapshotAsync(600);
        IndexEntry first = snapshot.Entries.First(entry => entry.Stage == "synthesize"), last = snapshot.DependentsOf(first.Reference.Digest).Single();

        // A lineage can claim anything, also to come from what was made from it.
        LineageView view = LineageView.Of(snapshot, first.Reference, [new LineageInput("loop", last.Reference.ToString(), last.Reference.Digest), new LineageInput("self", first.Reference.ToString(), first.Reference.Digest)], 16, 40);

        // What it claims to come from is found on that way, and not once more on the other.
        Assert.Equal([first.Reference, last.Reference], view.Nodes.Select(node => node.Reference!.Value));
        Assert.InRange(LineagePicture.Of(view, snapshot).Text.Length, 1000, 50_000);
    }

    private static QueryCollection Query(string text) =>
        new(text.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => new StringValues(pair[1])));
}
