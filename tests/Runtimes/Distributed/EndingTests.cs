using Unreel.Testing;

namespace Unreel.Distributed.Tests;

/// <summary>How long processes are left alone that are to end.</summary>
public sealed class EndingTests
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_loss_only_a_process_that_still_waits_in_native_code_is_ended(bool waits)
    {
        HurriedTime time = new(500);
        int port = Ranks.FreePort();
        Task<TrainingGroup> joining = Task.Run(() => Ranks.Join(Ranks.Place(1, 2, port)));
        using TrainingGroup group = TrainingGroup.Join(Ranks.Place(0, 2, port), JoinKey.None, Ranks.Code, Ranks.Patience, time, default);
        using TrainingGroup other = await joining;
        List<string> told = [];
        int ends = 0;
        using IDisposable? wait = waits ? group.Waits.Begin() : null;

        Task end = group.EndAfterLossAsync(told.Add, () => ends++, time);
        other.Leave("a test");
        await UntilAsync(() => end.IsCompleted || time.Asked.Count > 50);
        group.Leave(null);
        await end;

        Assert.Equal(waits ? 1 : 0, ends);
        Assert.Equal(ends, told.Count);
    }

    [Theory]
    [InlineData("trap 'exit 130' TERM; touch {0}0; while :; do sleep 0.05; done", true)]
    [InlineData("touch {0}0; exit 130", false)]
    [InlineData("touch {0}0; exit 1", true)]
    public async Task Whoever_is_asked_to_stop_has_as_long_as_the_program_gives_it(string first, bool asks)
    {
        using TemporaryFolder folder = new();
        string begun = folder.File("begun");
        string second = asks ? "trap 'sleep 0.3; exit 130' TERM; touch {0}1; while :; do sleep 0.05; done" : "touch {0}1; sleep 0.3; exit 130";
        string script = $"if [ $RANK = 0 ]; then {first}; fi; {second}".Replace("{0}", begun, StringComparison.Ordinal);
        HurriedTime time = new(1);
        using CancellationTokenSource stop = new();

        Task<int> running = new Launcher(["/bin/sh", "-c", script], TextWriter.Null, time).RunAsync(2, Ranks.Patience, stop.Token);
        await UntilAsync(() => File.Exists(begun + "0") && File.Exists(begun + "1"));
        if (asks)
            await stop.CancelAsync();

        Assert.Equal(130, await running);
        Assert.Equal(Launcher.StopsWithin, time.Asked.Last(asked => asked > TimeSpan.Zero));
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using CancellationTokenSource limit = new(Ranks.Patience);
        while (!isSo())
            await Task.Delay(Look, limit.Token);
    }
}
