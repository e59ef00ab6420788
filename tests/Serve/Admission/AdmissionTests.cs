using Unreel.Serve.Admission;
using Unreel.Testing;

namespace Unreel.Serve.Tests;

public sealed class AdmissionTests
{
    // Decoding varies by a fifth, inference by a twentieth.
    private static Simulation Server(double decode, double infer, int decoders = 2, int lanes = 1, int queue = 16, TimeSpan? deadline = null) => new(
        decoders, lanes, queue, random => decode * random.NextDouble(.8, 1.2), random => infer * random.NextDouble(.95, 1.05), deadline);

    [Theory]
    [InlineData(.005, .040, 1)]
    [InlineData(.005, .600, 1)]
    [InlineData(.060, .010, 1)]
    [InlineData(.020, .020, 2)]
    [InlineData(.002, .004, 1)]
    public void Under_twice_what_it_can_bear_those_let_in_are_answered_within_twice_the_time(double decode, double infer, int lanes)
    {
        Simulation alone = Server(decode, infer, lanes: lanes);
        for (int request = 0; request < 200; request++)
            alone.Come(request * 2 * (decode + infer));
        alone.Run();
        double perSecond = Math.Min(2 / decode, lanes / infer);
        Simulation crowd = Server(decode, infer, lanes: lanes);
        crowd.Come(0);
        crowd.Come(2 * (decode + infer));

        crowd.Crowd(2 * perSecond, 1, 61);
        crowd.Run();

        Assert.InRange(Percentile(crowd, .99), 0, 2 * Percentile(alone, .99));
        Assert.InRange(crowd.Answered.Count, .75 * 60 * perSecond, double.MaxValue);
        Assert.NotEmpty(crowd.Refused);
        Assert.Equal(0, crowd.Book.Inside);
        Assert.Equal(0, crowd.Book.Waiting);
    }

    [Theory]
    [InlineData(.005, .040)]
    [InlineData(.005, .600)]
    [InlineData(.060, .010)]
    public void A_burst_as_long_as_the_queue_is_served(double decode, double infer)
    {
        Simulation server = Server(decode, infer);
        for (int request = 0; request < 5; request++)
            server.Come(request * 2 * (decode + infer));
        double later = 20 * (decode + infer);
        for (int request = 0; request < 18; request++)
            server.Come(later + (request * .002));

        server.Run();

        Assert.Empty(server.Refused);
        Assert.Equal(23, server.Answered.Count);
    }

    [Fact]
    public void When_the_crowd_has_gone_a_burst_is_served_again()
    {
        Simulation server = Server(.005, .04);
        server.Come(0);
        server.Crowd(50, 1, 20);
        for (int request = 0; request < 18; request++)
            server.Come(25);

        server.Run();

        Assert.NotEmpty(server.Refused);
        Assert.DoesNotContain(server.Refused, refused => refused.Came >= 25);
    }

    // One that runs and one that is ready when it ends: no crowd, but a model that is never idle.
    [Theory]
    [InlineData(.001, .04, 1, 2)]
    [InlineData(.001, .04, 2, 4)]
    public void Clients_that_keep_the_lanes_busy_are_never_refused(double decode, double infer, int lanes, int clients)
    {
        Simulation server = Server(decode, infer, decoders: lanes, lanes: lanes);

        server.Loop(clients, 60);
        server.Run();

        Assert.Empty(server.Refused);
        Assert.InRange(server.Answered.Count, .97 * 60 * lanes / infer, double.MaxValue);
    }

    [Fact]
    public void Below_what_it_can_bear_next_to_nobody_is_refused()
    {
        Simulation server = Server(.005, .04);
        server.Come(0);

        server.Crowd(12, 1, 61);
        server.Run();

        Assert.InRange(server.Refused.Count, 0, .02 * server.Answered.Count);
    }

    [Fact]
    public void Whoever_cannot_be_answered_in_time_is_refused_at_once_and_told_when_to_come_back()
    {
        Simulation server = Server(.01, 1, deadline: TimeSpan.FromSeconds(4.5));
        server.Come(0);
        for (int request = 0; request < 10; request++)
            server.Come(10);

        server.Run();

        // One a second: the fourth is answered after a little more than 4 s, the fifth would be after 5.
        Assert.Equal(1 + 4, server.Answered.Count);
        Assert.All(server.Refused, refused => Assert.Contains("could not answer another within 4.5 s", refused.Refusal.Reason, StringComparison.Ordinal));
        Assert.All(server.Refused, refused => Assert.InRange(refused.Refusal.RetryAfter.TotalSeconds, 3, 5));
    }

    [Fact]
    public void A_full_server_refuses_and_says_so()
    {
        AdmissionBook book = new(1, 2, new FakeTimeProvider());
        AdmissionEntry first = Enter(book)!;
        Assert.NotNull(Enter(book));

        Assert.Null(book.TryEnter("m", 1, true, TimeSpan.FromMinutes(1), out AdmissionRefusal? refusal));
        Assert.Equal((TimeSpan.FromSeconds(1), "The server has 2 requests in hand already."), (refusal!.RetryAfter, refusal.Reason));
        book.Exit(first);
        Assert.NotNull(Enter(book));
    }

    [Fact]
    public void An_idle_server_lets_in_whoever_comes()
    {
        FakeTimeProvider clock = new();
        AdmissionBook book = new(1, 4, clock);
        AdmissionEntry slow = Enter(book)!;
        book.Move(slow, AdmissionStage.Infers);
        clock.Advance(TimeSpan.FromHours(1));
        book.Inferred(slow, TimeSpan.FromHours(1));
        book.Exit(slow);

        Assert.NotNull(book.TryEnter("m", 1, true, TimeSpan.FromSeconds(1), out _));
    }

    [Fact]
    public void Uploads_that_take_long_do_not_count_as_work_to_come()
    {
        FakeTimeProvider clock = new();
        AdmissionBook book = new(1, 10, clock);
        AdmissionEntry known = Enter(book)!;
        book.Move(known, AdmissionStage.Infers);
        clock.Advance(TimeSpan.FromSeconds(3));
        book.Inferred(known, TimeSpan.FromSeconds(3));
        book.Exit(known);
        AdmissionEntry[] slow = [Enter(book)!, Enter(book)!, Enter(book)!];

        Assert.Null(book.TryEnter("m", 1, true, TimeSpan.FromSeconds(5), out _));
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.NotNull(book.TryEnter("m", 1, true, TimeSpan.FromSeconds(5), out _));
        foreach (AdmissionEntry entry in slow)
            book.Exit(entry);
        Assert.Equal(1, book.Inside);
    }

    [Fact]
    public async Task Frames_that_wait_for_the_model_are_few()
    {
        using AdmissionGate gate = new(decoders: 2, atWork: 3, capacity: 10, TimeProvider.System);
        ScriptedClassifier classifier = new() { Held = true };
        Models.ServedModel model = new(new Models.ModelFile("m", default, "m"), classifier, TimeProvider.System);
        AdmissionTicket[] tickets = [.. Enumerable.Range(0, 5).Select(_ => gate.TryEnter(model, TimeSpan.FromMinutes(1), out AdmissionRefusal? _)!)];
        Task<Models.InferenceResult>[] asked = new Task<Models.InferenceResult>[3];
        for (int video = 0; video < 3; video++)
        {
            (await tickets[video].DecodeAsync(default)).Dispose();
            asked[video] = tickets[video].InferAsync(model, ScriptedClassifier.Clip(1), 1, default);
        }

        Task<DecoderPlace> fourth = tickets[3].DecodeAsync(default);
        Assert.False(fourth.IsCompleted);
        classifier.Go(3);
        await Task.WhenAll(asked).WaitAsync(TimeSpan.FromSeconds(60));

        (await fourth.WaitAsync(TimeSpan.FromSeconds(60))).Dispose();
        foreach (AdmissionTicket ticket in tickets)
            ticket.Dispose();
        Assert.Equal((0, 0), (gate.Inside, gate.Waiting));
    }

    private static AdmissionEntry? Enter(AdmissionBook book) => book.TryEnter("m", 1, true, TimeSpan.FromMinutes(1), out _);

    private static double Percentile(Simulation simulation, double share)
    {
        double[] sorted = [.. simulation.Answered.Select(answer => answer.Took).Order()];
        return sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
    }
}
