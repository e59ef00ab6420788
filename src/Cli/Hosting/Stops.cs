using Unreel.Distributed;

namespace Unreel.Cli.Hosting;

/// <summary>Makes being asked to stop a matter of all processes: whoever is asked tells the others, and they stop as if they had been.</summary>
internal sealed class Stops : IAsyncDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly CancellationTokenRegistration _asked;
    private readonly Task _heard;

    private Stops(TrainingGroup group, CancellationTokenSource stop)
    {
        _asked = stop.Token.Register(group.AskToStop);
        _heard = HearAsync(group, stop);
    }

    /// <summary>Begins to tell and to hear.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="stop">Cancelled when this process is asked, and when another is.</param>
    public static Stops Share(TrainingGroup group, CancellationTokenSource stop) => new(group, stop);

    public async ValueTask DisposeAsync()
    {
        await _asked.DisposeAsync();
        await _over.CancelAsync();
        await _heard;
        _over.Dispose();
    }

    private async Task HearAsync(TrainingGroup group, CancellationTokenSource stop)
    {
        try
        {
            await group.Stopping.WaitAsync(_over.Token);
            await stop.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // Over before anybody was asked.
        }
    }
}
