using Microsoft.Extensions.DependencyInjection;

namespace Unreel.Pipelines.Tests;

/// <summary>One of several processes that run the same pipeline.</summary>
public sealed class PeerTests
{
    [Theory]
    [InlineData("", StageState.WouldRun)]
    [InlineData("clips/tiny-draw@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", StageState.UpToDate)]
    public async Task A_follower_goes_by_what_rank_zero_says(string told, StageState expected)
    {
        await using Workshop shop = Follower(told);

        RunReport report = await shop.RunAsync();

        Assert.All(report.Stages, outcome => Assert.Equal(expected, outcome.State));
        Assert.Empty(shop.Script.Ran);
    }

    [Theory]
    [InlineData("nothing that is an artifact")]
    [InlineData("clips/tiny-draw:latest")]
    public async Task What_rank_zero_cannot_have_meant_is_an_error(string told)
    {
        await using Workshop shop = Follower(told);

        RunReport report = await shop.RunAsync();

        Assert.Equal(StageState.Failed, report.Stages[0].State);
        Assert.Equal($"draw: rank 0 says that the result is '{told}'; expected an artifact with its digest.", report.Stages[0].Reason);
    }

    [Theory]
    [InlineData(StopMeaning.Asked, false, StageState.Cancelled, ExitCodes.Cancelled)]
    [InlineData(StopMeaning.Asked, true, StageState.Cancelled, ExitCodes.Cancelled)]
    [InlineData(StopMeaning.Follows, false, StageState.Failed, ExitCodes.Failed)]
    [InlineData(StopMeaning.Follows, true, StageState.Cancelled, ExitCodes.Cancelled)]
    [InlineData(StopMeaning.None, true, StageState.Failed, ExitCodes.Failed)]
    public async Task Being_stopped_by_way_of_another_process_is_no_failure(StopMeaning meaning, bool isAsked, StageState state, int exitCode)
    {
        using CancellationTokenSource stop = new();
        await using Workshop shop = new() { More = services => services.AddSingleton(new KnownFailure(typeof(TimeoutException), meaning)) };
        shop.Script.Step = (_, _, _, _) =>
        {
            if (isAsked)
                stop.Cancel();
            throw new TimeoutException("the others are gone");
        };

        RunReport report = await shop.RunAsync(ct: stop.Token);

        Assert.Equal((state, exitCode), (report.Stages[0].State, report.ExitCode));
    }

    [Fact]
    public async Task What_another_process_was_asked_counts_before_this_one_hears_of_it()
    {
        await using Workshop shop = new()
        {
            More = services => services
                .AddSingleton<IRunPeers>(new RankOne("") { IsStopping = true, Error = new TimeoutException("the others are gone") })
                .AddSingleton(new KnownFailure(typeof(TimeoutException), StopMeaning.Follows)),
        };

        RunReport report = await shop.RunAsync();

        Assert.Equal((StageState.Cancelled, ExitCodes.Cancelled), (report.Stages[0].State, report.ExitCode));
    }

    private static Workshop Follower(string told) => new() { More = services => services.AddSingleton<IRunPeers>(new RankOne(told)) };

    private sealed class RankOne(string told) : IRunPeers
    {
        public int Rank => 1;

        public bool IsStopping { get; init; }

        public string Name(int rank) => $"rank {rank}";

        public void Tell(string topic, string text) => throw new InvalidOperationException("Rank 0 alone tells.");

        public Exception? Error { get; init; }

        public Task<string> HearAsync(string topic, CancellationToken ct) => Error is not null ? Task.FromException<string>(Error) : Task.FromResult(topic.StartsWith("begin", StringComparison.Ordinal) ? "" : told);
    }
}
