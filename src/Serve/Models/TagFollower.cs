using System.Text.RegularExpressions;
using Unreel.Artifacts;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Serve.Observability;
using Unreel.Video;

namespace Unreel.Serve.Models;

/// <summary>Follows the tag of one model: what it moves to is put into service, or refused while the model before it stays.</summary>
internal sealed partial class TagFollower(ModelHost host, ArtifactReference reference, ModelSource source, ModelOpener opener, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(10), LongestWait = TimeSpan.FromMinutes(10);

    private Digest? _tried;
    private Failure? _failed;
    private string? _trouble;

    /// <summary>Looks where the tag is now.</summary>
    public async Task LookAsync(CancellationToken ct)
    {
        if (await FindAsync(ct) is not { } found)
            return;

        if (_failed is { } failed && failed.Digest != found.Digest)
            _failed = null;

        // A tag that has come back to what is in service leaves no refusal behind.
        if (found.Digest == host.Current?.Source.Digest)
            host.Forgive();
        if (found.Digest == (_tried ??= host.Current?.Source.Digest) || _failed is { } last && clock.GetElapsedTime(last.At) < last.Wait)
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

    // False where it is to be tried again though the tag has not moved: something has given out, and not the model.
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
            Refuse(found.Digest, problem);
            return IsFinal(problem);
        }
    }

    private void Refuse(Digest digest, Exception problem)
    {
        string? current = host.Current?.Source.Digest.ToString();
        ModelRefusal refusal = new(digest, Reason(problem), clock.GetUtcNow());

        // A reason that stays the same is told once.
        bool isNews = host.Refusal is not { } before || before.Digest != digest || before.Reason != refusal.Reason;
        if (isNews)
            host.Refuse(refusal);
        if (IsFinal(problem))
        {
            LogRefused(host.Choice.Reference, digest.ToString(), problem.Message, current);
            return;
        }

        TimeSpan wait = _failed is { } last ? TimeSpan.FromTicks(Math.Min(2 * last.Wait.Ticks, LongestWait.Ticks)) : FirstWait;
        _failed = new Failure(digest, clock.GetTimestamp(), wait);
        if (isNews)
            LogFailed(host.Choice.Reference, digest.ToString(), wait.TotalSeconds, problem.Message, current);
    }

    // What the model itself says wrongly, it says again. All else may pass: a device without memory for two models, a full disk, a run that failed;
    // the native library's words do not tell such from a file that is no model.
    private static bool IsFinal(Exception problem) => problem is UsageException { InnerException: null or ContractException or VideoException };

    // Errors that we know speak to the user; others may say what is nobody's business, and are in the log. Where files lie is said in the log only.
    private string Reason(Exception problem) =>
        problem is UsageException or StoreException ? Folders().Replace(source.WithoutFolders(problem.Message), string.Empty) : $"It failed unexpectedly ({problem.GetType().Name}).";

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

    [LoggerMessage(LogLevel.Error, "{Model} has moved to {Digest}, which is not taken up for now and is tried again, first in {Seconds} s: {Reason} {Current} stays in service")]
    private partial void LogFailed(string model, string digest, double seconds, string reason, string? current);

    [LoggerMessage(LogLevel.Warning, "{Model} cannot be followed for now; what is in service stays. {Reason}")]
    private partial void LogTrouble(string model, string reason);

    [LoggerMessage(LogLevel.Information, "{Model} can be followed again")]
    private partial void LogBack(string model);

    /// <summary>A model that could not be taken up but may be another time.</summary>
    /// <param name="Digest">The artifact.</param>
    /// <param name="At">When it was tried, as the clock's timestamp.</param>
    /// <param name="Wait">How long it is left alone.</param>
    private sealed record Failure(Digest Digest, long At, TimeSpan Wait);
}
