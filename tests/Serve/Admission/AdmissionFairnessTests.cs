using Unreel.Serve.Admission;
using Unreel.Serve.Models;
using Unreel.Testing;

namespace Unreel.Serve.Tests;

/// <summary>What is unusual neither starves what is usual nor tells what it takes.</summary>
public sealed class AdmissionFairnessTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly FakeTimeProvider _clock = new() { FiresAtOnce = _ => true };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_timeline_takes_neither_the_last_decoder_nor_a_place_of_others(int decoders)
    {
        using AdmissionGate gate = new(decoders, atWork: 1, capacity: 2, _clock);
        using AdmissionTicket timeline = Enter(gate)!;
        await timeline.StreamAsync(default);

        using (AdmissionTicket second = Enter(gate)!)
        {
            RefusedException refused = await Assert.ThrowsAsync<RefusedException>(() => second.StreamAsync(default));
            Assert.Contains("timelines", refused.Refusal.Reason, StringComparison.Ordinal);
        }

        using AdmissionTicket clip = Enter(gate)!, other = Enter(gate)!;
        Assert.Null(Enter(gate));
        Task<DecoderPlace> decoder = clip.DecodeAsync(default);
        Assert.True(decoder.IsCompletedSuccessfully);
        (await decoder).Dispose();
    }

    [Fact]
    public async Task A_timeline_that_ends_makes_room_for_the_next()
    {
        using AdmissionGate gate = new(2, atWork: 2, capacity: 4, _clock);
        AdmissionTicket first = Enter(gate)!;
        await first.StreamAsync(default);
        await first.StreamAsync(default);
        first.Dispose();

        using AdmissionTicket second = Enter(gate)!;
        await second.StreamAsync(default);

        Assert.Equal((1, 0), (gate.Inside, gate.Waiting));
    }

    [Fact]
    public void What_fails_teaches_nothing()
    {
        AdmissionBook book = new(1, 4, _clock);
        AdmissionEntry broken = Enter(book);
        Decode(book, broken, seconds: 20, went: false);
        book.Move(broken, AdmissionStage.Infers);
        _clock.Advance(Minute);
        book.Exit(broken);

        WorkEstimate estimate = broken.Backlog.Estimate;
        Assert.Equal((0, 0, null), (estimate.Decode, estimate.Inference, estimate.Alone(decodes: true)));
    }

    [Fact]
    public void Only_a_request_of_one_video_tells_how_long_requests_take_alone()
    {
        AdmissionBook book = new(1, 4, _clock);
        AdmissionEntry single = Enter(book);
        Work(book, single);
        book.Exit(single);
        AdmissionEntry form = Enter(book);
        for (int video = 0; video < 16; video++)
            Work(book, form);
        book.Exit(form);
        AdmissionEntry timeline = Enter(book);
        book.Move(timeline, AdmissionStage.Streams);
        _clock.Advance(TimeSpan.FromHours(1));
        book.Exit(timeline);

        Assert.Equal(3, single.Backlog.Estimate.Alone(decodes: true)!.Value, 1e-6);
    }

    [Fact]
    public void A_video_that_takes_long_does_not_hide_the_work_of_the_others()
    {
        Backlog backlog = new();
        backlog.Estimate.Decoded(1);
        backlog.BeginDecode(0);
        backlog.BeginDecode(599.5);
        backlog.AwaitingDecoder = 2;

        Assert.Equal(2.5, backlog.DecodeLeft(600), 1e-9);
        backlog.EndDecode(599.5);
        Assert.Equal((2, 1), (backlog.DecodeLeft(600), backlog.Decoding));
    }

    [Fact]
    public void Many_clips_count_as_the_work_they_are()
    {
        AdmissionBook book = new(1, 10, _clock);
        AdmissionEntry known = Enter(book);
        book.Infer(known, weight: 4);
        _clock.Advance(TimeSpan.FromSeconds(4));
        book.Inferred(known, TimeSpan.FromSeconds(4));
        book.Exit(known);
        AdmissionEntry many = Enter(book);
        book.Infer(many, weight: 64);

        Assert.Equal((1, 64), (many.Backlog.Estimate.Inference, many.Backlog.UntilLane(many.Since)));
        Assert.Null(book.TryEnter("m", 1, true, TimeSpan.FromSeconds(60), out AdmissionRefusal? refusal));
        Assert.InRange(refusal!.RetryAfter.TotalSeconds, 59, 60);
        book.Exit(many);
        Assert.Equal(0, many.Backlog.UntilLane(many.Since));
    }

    [Fact]
    public void Slow_uploads_take_nobodys_place_and_are_let_in_when_they_are_here()
    {
        AdmissionBook book = new(1, 2, _clock);
        AdmissionEntry slow = Enter(book), slower = Enter(book);
        Assert.Null(Enter(book));
        _clock.Advance(TimeSpan.FromSeconds(2));

        AdmissionEntry first = Enter(book);
        Assert.Null(book.Arrive(first, Minute));
        Assert.Null(book.Arrive(slow, Minute));
        Assert.Contains("2 requests in hand", book.Arrive(slower, Minute)!.Reason, StringComparison.Ordinal);
        Assert.Null(Enter(book));
        foreach (AdmissionEntry entry in new[] { slow, slower, first })
            book.Exit(entry);

        Assert.Equal(0, book.Inside);
        Assert.NotNull(Enter(book));
        Assert.NotNull(Enter(book));
        Assert.Null(Enter(book));
    }

    [Fact]
    public void Slow_uploads_are_bounded_too()
    {
        AdmissionBook book = new(1, 1, _clock);
        for (int upload = 0; upload < 9; upload++)
        {
            Assert.NotNull(Enter(book));
            _clock.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.Null(Enter(book));
    }

    private void Work(AdmissionBook book, AdmissionEntry entry)
    {
        Decode(book, entry, seconds: 1, went: true);
        book.Move(entry, AdmissionStage.Infers);
        _clock.Advance(TimeSpan.FromSeconds(2));
        book.Inferred(entry, TimeSpan.FromSeconds(2));
        book.Move(entry, AdmissionStage.Between);
    }

    private void Decode(AdmissionBook book, AdmissionEntry entry, double seconds, bool went)
    {
        book.Move(entry, AdmissionStage.Decodes);
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        book.Move(entry, AdmissionStage.Between, learn: went);
    }

    private static AdmissionEntry Enter(AdmissionBook book) => book.TryEnter("m", 1, true, Minute, out _)!;

    private AdmissionTicket? Enter(AdmissionGate gate) =>
        gate.TryEnter(new ServedModel(new ModelFile("m", default, "m"), new ScriptedClassifier(), _clock), Minute, out AdmissionRefusal? _);
}
