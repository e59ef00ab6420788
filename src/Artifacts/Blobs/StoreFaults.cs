using System.Globalization;
using Azure;
using Azure.Identity;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Unreel.Artifacts.Blobs;

/// <summary>Tells faults that pass from answers, and says them so that a person knows what to do.</summary>
internal static class StoreFaults
{
    private const int ReadOnlyFileSystem = 30;

    /// <summary>Whether another attempt may succeed: 408, 429, 5xx, or no answer at all.</summary>
    public static bool IsTransient(Exception? fault, CancellationToken ct) => fault switch
    {
        RequestFailedException e => e.Status is 0 or 408 or 429 or 500 or (>= 502 and <= 504),
        HttpRequestException or HttpIOException or EndOfStreamException or TimeoutRejectedException => true,
        // A broken connection; subclasses such as a file that is not found do not pass by waiting.
        IOException => fault.GetType() == typeof(IOException),
        // The SDK's own patience ended, not the caller's.
        OperationCanceledException => !ct.IsCancellationRequested,
        _ => false,
    };

    /// <summary>Whether a store does not let this user do what was asked, now or later.</summary>
    public static bool IsRefusal(StoreException fault) => fault.InnerException
        is UnauthorizedAccessException or AuthenticationFailedException or RequestFailedException { Status: 401 or 403 } or IOException { HResult: ReadOnlyFileSystem };

    /// <summary>The wait a service asks for, or null where it asks for none.</summary>
    public static TimeSpan? RetryAfter(Exception? fault, TimeProvider time)
    {
        Response? response = (fault as RequestFailedException)?.GetRawResponse();
        if (response is null)
            return null;

        if (response.Headers.TryGetValue("x-ms-retry-after-ms", out string? text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int milliseconds))
            return TimeSpan.FromMilliseconds(milliseconds);

        if (!response.Headers.TryGetValue("Retry-After", out text))
            return null;

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds))
            return TimeSpan.FromSeconds(seconds);

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date)
            ? TimeSpan.FromTicks(Math.Max(0, (date - time.GetUtcNow()).Ticks))
            : null;
    }

    /// <summary>The error to throw for a fault that remained; null where it is an error of its own already.</summary>
    public static StoreException? Say(Exception fault, string location, string path, CancellationToken ct) => fault switch
    {
        StoreException => null,
        BrokenCircuitException => new StoreUnreachableException(location, "too many calls failed; none are made for a while.", fault),
        TimeoutRejectedException e => new StoreUnreachableException(location, $"no answer within {e.Timeout.TotalSeconds:0.#} s.", fault),
        RequestFailedException { Status: 401 or 403 } e => new StoreException(
            $"The store {location} refuses access to {path} ({e.Status} {e.ErrorCode}): expected a SAS with the right to do this, or a signed-in identity with the role Storage Blob Data Contributor.", fault),
        AuthenticationFailedException => new StoreException(
            $"The store {location} needs an identity and none could be had: sign in (az login), set AZURE_CLIENT_ID and the like, or give a SAS.", fault),
        RequestFailedException { Status: 507 or 413 } e => new StoreException($"The store {location} has no room for {path} ({e.Status} {e.ErrorCode}).", fault),
        RequestFailedException { Status: 0 } e => new StoreUnreachableException(location, Innermost(e).Message, fault),
        RequestFailedException e when IsTransient(e, ct) => new StoreUnreachableException(location, $"it answered {e.Status} {e.ErrorCode} for {path}.", fault),
        RequestFailedException e => new StoreException($"The store {location} answered {e.Status} {e.ErrorCode} for {path}.", fault),
        _ when IsTransient(fault, ct) => new StoreUnreachableException(location, Innermost(fault).Message, fault),
        _ => null,
    };

    private static Exception Innermost(Exception e) => e.InnerException is null ? e : Innermost(e.InnerException);
}
