using Unreel.Pipelines;

namespace Unreel.Serve.Models;

/// <summary>
/// Looks now and then where the tags of the models are. One model is taken up at a time, so that no more than one is in memory twice; the one before it goes
/// when its last request is done.
/// </summary>
internal sealed class TagWatch(ModelRegistry registry, ModelSource source, ModelOpener opener, ServeOptions options, TimeProvider clock, ILogger<TagWatch> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        TagFollower[] followers = [.. Followers()];
        if (followers.Length == 0 || options.Watch <= TimeSpan.Zero)
            return;

        try
        {
            await registry.Loaded.WaitAsync(stoppingToken);
        }
        catch (Exception) when (registry.Loaded.IsFaulted || registry.Loaded.IsCanceled || stoppingToken.IsCancellationRequested)
        {
            // There is nothing to follow; whoever runs the server waits on Loaded and tells why.
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(options.Watch, clock, stoppingToken);
            foreach (TagFollower follower in followers)
                await follower.LookAsync(stoppingToken);
        }
    }

    // Files are not followed: nothing says when one is written whole.
    private IEnumerable<TagFollower> Followers() =>
        from host in registry.Hosts
        let input = StageInput.Parse(host.Choice.Reference)
        where !input.IsPath
        let reference = input.Reference!
        where reference.Tag is not null
        select new TagFollower(host, reference, source, opener, clock, logger);
}
