using Microsoft.Extensions.Logging;
using Unreel.Artifacts.Blobs;
using Unreel.Testing;

namespace Unreel.Artifacts.Tests;

/// <summary>The index answers as the store would, finds what others did, and is never believed where it is wrong.</summary>
public abstract partial class StoreConformance
{
    private readonly FakeTimeProvider _indexTime = new();
    private readonly CollectedLog _indexLog = new();

    private ArtifactIndex NewIndex() => new(Store, _indexTime, _indexLog);

    private async Task<ArtifactRef> PublishTaggedAsync(string name, string tag, string content)
    {
        ArtifactRef artifact = await PublishAsync(name, content);
        await Store.MoveTagAsync(artifact, tag, TimeProvider.System, Ct);
        return artifact;
    }

    [StoreFact]
    public async Task The_index_holds_what_the_store_holds()
    {
        ArtifactRef one = await PublishTaggedAsync("one", "latest", "1");
        ArtifactRef two = await PublishAsync("two");
        using ArtifactIndex index = NewIndex();

        IndexSnapshot snapshot = await index.GetAsync(Ct);

        Assert.Equal([one, two], snapshot.Entries.Select(entry => entry.Reference));
        IndexEntry entry = snapshot.Find(one)!;
        Assert.Equal(("pretrain", 1L, 1), (entry.Stage, entry.Size, entry.Files));
        Assert.Equal(0.25, entry.Metrics["loss"]);
        Assert.Equal(Made().Inputs, entry.Inputs);
        Assert.InRange(entry.Made, DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.MaxValue);
        Assert.Equal(["latest"], snapshot.TagsOf(one));
        Assert.Equal([entry], snapshot.ByPrefix(one.Digest.Hex[..12]));
        Assert.Equal([one, two], snapshot.DependentsOf(Digest.Of("clips"u8)).Select(made => made.Reference));
    }

    [StoreFact]
    public async Task The_index_sees_what_others_publish_move_and_remove()
    {
        ArtifactRef one = await PublishTaggedAsync("one", "latest", "1");
        ArtifactRef old = await PublishAsync("old");
        using ArtifactIndex index = NewIndex();
        IndexSnapshot before = await index.GetAsync(Ct);

        ArtifactRef next = await PublishTaggedAsync("one", "latest", "2");
        await Store.RemoveAsync(old, Ct);
        Assert.Same(before, await index.GetAsync(Ct));
        _indexTime.Advance(TimeSpan.FromSeconds(2));
        IndexSnapshot after = await index.GetAsync(Ct);

        Assert.NotEqual(before.Version, after.Version);
        Assert.Equal(new[] { one, next }.OrderBy(artifact => artifact.Digest.Hex, StringComparer.Ordinal), after.Entries.Select(entry => entry.Reference));
        Assert.Equal(next.Digest, Assert.Single(after.Tags).Target);
        Assert.Empty(after.TagsOf(one));
    }

    [StoreFact]
    public async Task What_did_not_change_is_the_same_snapshot_and_what_this_process_changed_is_seen_at_once()
    {
        await PublishAsync("one");
        using ArtifactIndex index = NewIndex();
        IndexSnapshot before = await index.GetAsync(Ct);
        index.Invalidate();
        Assert.Same(before, await index.GetAsync(Ct));

        ArtifactRef two = await PublishAsync("two");
        index.Invalidate();

        Assert.NotNull((await index.GetAsync(Ct)).Find(two));
    }

    [StoreFact]
    public async Task A_stored_index_spares_reading_and_is_believed_only_where_it_is_right()
    {
        ArtifactRef one = await PublishTaggedAsync("one", "latest", "1");
        using (ArtifactIndex index = NewIndex())
            await index.RebuildAsync(Ct);
        byte[] stored = (await Blobs.ReadAsync(StorePaths.Index, 1 << 20, Ct))!.Bytes;
        (List<IndexRow> rows, Dictionary<string, KnownTag> tags) = IndexFile.Read(stored);
        Assert.Equal(one, Assert.Single(rows).Entry.Reference);
        Assert.Equal(one.Digest, Assert.Single(tags).Value.Tag.Target);

        IndexRow lie = new(rows[0].Entry with { Stage = "invented", Size = 7 });
        foreach (byte[] wrong in (byte[][])[[], "rubbish"u8.ToArray(), stored[..(stored.Length / 2)], [.. stored[..20], 1, 2, 3, .. stored[23..]], IndexFile.Write([lie], tags), IndexFile.Write([rows[0], rows[0]], tags)])
        {
            await Blobs.WriteAsync(StorePaths.Index, wrong, Ct);
            _indexLog.Lines.Clear();
            using ArtifactIndex index = NewIndex();
            IndexSnapshot snapshot = await index.GetAsync(Ct);

            Assert.Equal(("pretrain", 1L), (snapshot.Find(one)!.Stage, snapshot.Entries.Single().Size));
            Assert.Equal(one.Digest, snapshot.Tags.Single().Target);
            Assert.Contains(_indexLog.Lines, line => line.Contains("made anew", StringComparison.Ordinal));
        }
    }

    [StoreFact]
    public async Task Tags_of_a_stored_index_that_moved_since_are_read_again()
    {
        await PublishTaggedAsync("one", "latest", "1");
        using (ArtifactIndex index = NewIndex())
            await index.RebuildAsync(Ct);

        ArtifactRef next = await PublishTaggedAsync("one", "latest", "2");
        using ArtifactIndex later = NewIndex();

        Assert.Equal(next.Digest, (await later.GetAsync(Ct)).Tags.Single().Target);
    }

    [StoreFact]
    public async Task What_cannot_be_read_is_named_and_hides_nothing_else()
    {
        ArtifactRef good = await PublishTaggedAsync("good", "latest", "1");
        ArtifactRef bad = await PublishAsync("bad", "2");
        await DamageAsync(bad.Digest, "rubbish");
        await Blobs.WriteAsync("tags/weights/good/odd", "rubbish"u8.ToArray(), Ct);
        await Blobs.WriteAsync("manifests/weights/UPPER/x", default, Ct);
        using ArtifactIndex index = NewIndex();

        IndexSnapshot snapshot = await index.GetAsync(Ct);

        Assert.Equal(good, Assert.Single(snapshot.Entries).Reference);
        Assert.Equal(bad, Assert.Single(snapshot.Broken).Artifact);
        Assert.Equal(["latest"], snapshot.Tags.Select(tag => tag.Value));
    }

    [StoreFact]
    public async Task Many_new_artifacts_make_the_stored_index_be_written()
    {
        for (int i = 0; i < 40; i++)
            await PublishAsync($"n{i}");
        using ArtifactIndex index = NewIndex();

        await index.GetAsync(Ct);

        Assert.Equal(40, IndexFile.Read((await Blobs.ReadAsync(StorePaths.Index, 1 << 20, Ct))!.Bytes).Rows.Count);
    }

    private sealed class CollectedLog : ILogger<ArtifactIndex>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (Lines)
                Lines.Add(formatter(state, exception));
        }
    }
}
