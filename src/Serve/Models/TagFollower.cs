using System.Text.RegularExpressions;
using Unreel.Artifacts;
using Unreel.Pipelines;
using Unreel.Serve.Observability;

namespace Unreel.Serve.Models;

/// <summary>Follows the tag of one model: what it moves to is put into service, or refused while the model before it stays.</summary>
internal sealed partial class TagFollower(ModelHost host, ArtifactReference reference, ModelSource source, ModelOpener opener, TimeProvider clock, ILogger logger)
{
    private Digest? _tried;
    private string? _trouble;

    /// <summary>Looks where the tag is now.</summary>
    public async Task LookAsync(CancellationToken ct)
    {
        if (await FindAsync(ct) is not { } found || found.Digest == (_tried ??= host.Current?.Source.Digest))
            return;

        if (found.Digest != host.Current?.Source.Digest && !await TakeUpAsync(found, ct))
            return;

        _tried = found.Digest;
    }

    private async Task<ArtifactRef?> FindAsync(CancellationToken ct)
    {
        try
        {
            ArtifactRef found = await source.FindAsync(reference, ct);
            if (_trouble is not null)
                LogBack(host.Choice.Reference);
            _trouble = null;
            return found;
        }
        catch (Exception problem) when (!ct.IsCancellationRequested)
        {
            // Whatever it is: a server whose models answer does not end because one cannot be followed.
            Tell(problem);
            return null;
        }
    }

    // False where it is to be tried again though the tag has not moved: the store has given out, not the model.
    private async Task<bool> TakeUpAsync(ArtifactRef found, CancellationToken ct)
    {
        long began = clock.GetTimestamp();
        try
        {
            ModelFile file = await source.FetchAsync(reference, found, ct);
            ServedModel model = await opener.OpenAsync(file, ct);
            host.Put(model);
            host.Meter?.ModelLoaded(host.Choice, ModelLoadOutcome.Loaded, clock.GetElapsedTime(began));
            LogTakenUp(host.Choice.Reference, found.Digest.ToString(), clock.GetElapsedTime(began).TotalSeconds);
            return true;
        }
        catch (StoreException problem) when (problem is not (DigestMismatchException or BlobMissingException or ArtifactNotFoundException))
        {
            Tell(problem);
            return false;
        }
        catch (Exception problem) when (problem is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            host.Meter?.ModelLoaded(host.Choice, ModelLoadOutcome.Refused, clock.GetElapsedTime(began));
            host.Refuse(new ModelRefusal(found.Digest, Reason(problem), clock.GetUtcNow()));
            LogRefused(host.Choice.Reference, found.Digest.ToString(), problem.Message, host.Current?.Source.Digest.ToString());
            return true;
        }
    }

    // Errors that we know speak to the user; others may say what is nobody's business, and are in the log. Where files lie is said in the log only.
    private static string Reason(Exception problem) =>
        problem is UsageException or StoreException ? Folders().Replace(problem.Message, string.Empty) : $"It failed unexpectedly ({problem.GetType().Name}).";

    private void Tell(Exception problem)
    {
        // Once, and not every two seconds.
        if (_trouble is null)
            LogTrouble(host.Choice.Reference, problem.Message);
        _trouble = problem.Message;
    }

    // Up to the last slash of an absolute path; a slash between two words is none.
    [GeneratedRegex(@"(?<![\w./:])/(?:[^/\s'"":;,()]+/)+|(?<!\w)[A-Za-z]:\\(?:[^\\\s'"":;,()]+\\)*", RegexOptions.CultureInvariant)]
    private static partial Regex Folders();

    [LoggerMessage(LogLevel.Information, "{Model} has moved: {Digest} is in service after {Seconds:F2} s")]
    private partial void LogTakenUp(string model, string digest, double seconds);

    [LoggerMessage(LogLevel.Error, "{Model} has moved to {Digest}, which is refused: {Reason} {Current} stays in service")]
    private partial void LogRefused(string model, string digest, string reason, string? current);

    [LoggerMessage(LogLevel.Warning, "{Model} cannot be followed for now; what is in service stays. {Reason}")]
    private partial void LogTrouble(string model, string reason);

    [LoggerMessage(LogLevel.Information, "{Model} can be followed again")]
    private partial void LogBack(string model);
}
