using Unreel.Testing;
using static Unreel.Artifacts.Tests.FaultyTransport;

namespace Unreel.Artifacts.Tests;

/// <summary>Retry, time-out and circuit breaker, without a network and without waiting.</summary>
public sealed class FaultTests
{
    private const string Uri = "http://127.0.0.1:9/devstoreaccount1/faults";
    private static readonly CancellationToken Ct = CancellationToken.None;
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(100);

    private readonly FakeTimeProvider _time = new() { FiresAtOnce = due => due < AttemptTimeout };

    private static Act.Answer Size(long bytes) => new Act.Answer(200, ("Content-Length", $"{bytes}"), ("ETag", "\"1\""), ("Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT"));

    private (ArtifactStore Store, FaultyTransport Transport) Create(Func<int, Act> script, int breakAfter = 20)
    {
        FaultyTransport transport = new((_, i) => script(i));
        ArtifactStoreOptions options = new() { Transport = transport, Time = _time, AttemptTimeout = AttemptTimeout, BreakAfter = breakAfter };
        return (ArtifactStores.Open(Uri, options), transport);
    }

    private static Task<ArtifactRef?> AskAsync(ArtifactStore store) =>
        store.FindAsync(ArtifactReference.To(new(ArtifactKind.Clips, "x", Digest.Of("x"u8))), Ct);

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task Passing_faults_are_tried_again(int status)
    {
        (ArtifactStore store, FaultyTransport transport) = Create(i => i < 3 ? new Act.Answer(status) : Size(0));

        Assert.NotNull(await AskAsync(store));
        Assert.Equal(4, transport.Requests);
        Assert.Equal(3, _time.Jumps.Count);
    }

    [Fact]
    public async Task Waits_grow_and_are_bounded()
    {
        (ArtifactStore store, FaultyTransport transport) = Create(_ => new Act.Break());

        StoreUnreachableException e = await Assert.ThrowsAsync<StoreUnreachableException>(() => AskAsync(store));

        Assert.Equal(5, transport.Requests);
        Assert.Equal(4, _time.Jumps.Count);
        Assert.All(_time.Jumps, wait => Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(30)));
        Assert.Contains(Uri, e.Message, StringComparison.Ordinal);
        Assert.Contains("connection refused", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Retry-After", "7", 7)]
    [InlineData("x-ms-retry-after-ms", "2500", 2.5)]
    [InlineData("Retry-After", "Mon, 01 Jan 2024 00:00:11 GMT", 11)]
    [InlineData("Retry-After", "86400", 30)]
    public async Task The_service_may_say_how_long_to_wait(string header, string value, double seconds)
    {
        (ArtifactStore store, _) = Create(i => i == 0 ? new Act.Answer(503, (header, value)) : Size(0));

        await AskAsync(store);

        Assert.Equal([TimeSpan.FromSeconds(seconds)], _time.Jumps);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(501)]
    public async Task Other_faults_are_told_at_once(int status)
    {
        (ArtifactStore store, FaultyTransport transport) = Create(_ => new Act.Answer(status));

        StoreException e = await Assert.ThrowsAsync<StoreException>(() => AskAsync(store));

        Assert.Equal(1, transport.Requests);
        Assert.Contains($"{status}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_is_an_answer()
    {
        (ArtifactStore store, FaultyTransport transport) = Create(_ => new Act.Answer(404, ("x-ms-error-code", "BlobNotFound")));

        Assert.Null(await AskAsync(store));
        Assert.Equal(1, transport.Requests);
    }

    [Fact]
    public async Task An_attempt_that_hangs_is_given_up_and_made_again()
    {
        TaskCompletionSource hanging = new(TaskCreationOptions.RunContinuationsAsynchronously);
        (ArtifactStore store, FaultyTransport transport) = Create(i => i == 0 ? new Act.Hang(hanging.SetResult) : Size(0));

        Task<ArtifactRef?> asking = AskAsync(store);
        await hanging.Task;
        _time.Advance(AttemptTimeout);

        Assert.NotNull(await asking);
        Assert.Equal(2, transport.Requests);
    }

    [Fact]
    public async Task Cancelling_is_not_a_fault()
    {
        TaskCompletionSource hanging = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenSource cancel = new();
        (ArtifactStore store, FaultyTransport transport) = Create(_ => new Act.Hang(hanging.SetResult));

        Task asking = store.ReadRecordAsync("keys/x", cancel.Token);
        await hanging.Task;
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.Equal(1, transport.Requests);
    }

    [Fact]
    public async Task A_store_that_keeps_failing_is_left_alone_for_a_while()
    {
        bool failing = true;
        (ArtifactStore store, FaultyTransport transport) = Create(_ => failing ? new Act.Answer(500) : Size(0), breakAfter: 5);
        _time.FiresAtOnce = due => due < TimeSpan.FromSeconds(10);
        await Assert.ThrowsAsync<StoreUnreachableException>(() => AskAsync(store));
        int before = transport.Requests;

        StoreUnreachableException e = await Assert.ThrowsAsync<StoreUnreachableException>(() => AskAsync(store));
        Assert.Contains("too many calls failed", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, transport.Requests);

        failing = false;
        _time.Advance(TimeSpan.FromSeconds(16));
        Assert.NotNull(await AskAsync(store));
    }

    [Fact]
    public async Task A_policy_that_forbids_a_write_is_not_taken_for_success()
    {
        (ArtifactStore store, _) = Create(i => i == 0
            ? new Act.Answer(404, ("x-ms-error-code", "BlobNotFound"))
            : new Act.Answer(409, ("x-ms-error-code", "BlobImmutableDueToPolicy")));

        StoreException e = await Assert.ThrowsAsync<StoreException>(() => store.AddBytesAsync("x"u8.ToArray(), "text/plain", "x", Ct));

        Assert.Contains("BlobImmutableDueToPolicy", e.Message, StringComparison.Ordinal);
    }
}
