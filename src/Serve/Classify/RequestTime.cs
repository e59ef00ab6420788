using System.Globalization;
using Unreel.Serve.Http;

namespace Unreel.Serve.Classify;

/// <summary>How long a request may take: what the server allows, or less where the caller wants less. Ends too when the caller goes away.</summary>
internal sealed class RequestTime : IDisposable
{
    /// <summary>The header in which a caller says how many seconds it will wait.</summary>
    public const string Header = "X-Request-Timeout";

    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenSource _either;
    private readonly CancellationToken _gone;
    private readonly TimeProvider _clock;
    private readonly TimeSpan? _asked;
    private readonly long _began;

    /// <summary>Starts the clock.</summary>
    /// <exception cref="RequestException">The caller's header is no number of seconds (400).</exception>
    public RequestTime(HttpContext context, TimeSpan most, TimeProvider clock)
    {
        _asked = Asked(context.Request.Headers[Header]);
        Allowed = Least(most);
        (_clock, _began, _gone) = (clock, clock.GetTimestamp(), context.RequestAborted);
        _deadline = new CancellationTokenSource(Allowed, clock);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_deadline.Token, _gone);
    }

    /// <summary>The time from the first byte to the answer.</summary>
    public TimeSpan Allowed { get; private set; }

    /// <summary>What is left of it.</summary>
    public TimeSpan Left => Allowed - _clock.GetElapsedTime(_began) is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    /// <summary>Ends when the time is over or the caller is gone.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>Whether the time is over and the caller still there to be told.</summary>
    public bool IsOver => _deadline.IsCancellationRequested && !_gone.IsCancellationRequested;

    /// <summary>Allows more, as for an answer that is streamed; a caller that wants less still gets less.</summary>
    public void Extend(TimeSpan most)
    {
        Allowed = Least(most);
        _deadline.CancelAfter(Left);
    }

    /// <summary>Ends the time now.</summary>
    public void End() => _deadline.Cancel();

    /// <summary>What to tell a caller whose time is over.</summary>
    /// <param name="uploading">Whether its upload had not ended.</param>
    public (int Status, string Detail) Explain(bool uploading)
    {
        string seconds = Allowed.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        return uploading
            ? (StatusCodes.Status408RequestTimeout, $"The upload did not end within {seconds} s.")
            : (StatusCodes.Status504GatewayTimeout, $"The request could not be finished within {seconds} s.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _either.Dispose();
        _deadline.Dispose();
    }

    private static TimeSpan? Asked(string? text)
    {
        if (text is null)
            return null;

        const double Longest = 86_400;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds is > 0 and <= Longest
            ? TimeSpan.FromSeconds(seconds)
            : throw new RequestException(StatusCodes.Status400BadRequest, $"{Header} is '{text}'; expected seconds, more than 0 and at most {Longest}.");
    }

    private TimeSpan Least(TimeSpan most) => _asked is { } asked && asked < most ? asked : most;
}
