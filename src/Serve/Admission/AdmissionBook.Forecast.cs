using System.Globalization;

namespace Unreel.Serve.Admission;

/// <content>What is let in.</content>
internal sealed partial class AdmissionBook
{
    /// <summary>How many times as long as alone a request may take while the queue stands. The promise is 2 at the 99th percentile; the rest is for what estimates miss.</summary>
    public const double Patience = 1.7;

    // The crowd has gone when nothing waited or was refused for this many seconds and this many service times.
    private const double Calm = 1, CalmServices = 10;

    // Uploads that take longer are not work that is about to come.
    private const double MostUpload = 1;

    // They take nobody's place, as long as they are no more than so many for each.
    private const int SlowForPlace = 8;

    // Notes that the queue stands, or that it does no longer.
    private void Look(double now)
    {
        while (_uploading.First is { } slow && now - slow.Value.Since > MostUpload)
        {
            ForgetUpload(slow.Value);
            slow.Value.IsSlow = true;
            _slow++;
        }

        if (CountWaiting() == 0)
            _standingSince = null;
        else if (now - (_standingSince ??= now) >= Interval.TotalSeconds)
            _crowdedAt = now;

        if (_crowdedAt is { } at && now - at > CalmAfter())
            _crowdedAt = null;
        if (_refusedAt is { } refused && now - refused > CalmAfter())
            _refusedAt = null;
    }

    private double CalmAfter() => Math.Max(Calm, CalmServices * _backlogs.Values.Max(backlog => backlog.Estimate.Service));

    private int CountWaiting() => _backlogs.Values.Sum(backlog => backlog.AwaitingDecoder + backlog.WaitingForLane);

    private int Decoders => Math.Max(1, decoders - _backlogs.Values.Sum(backlog => backlog.Streaming));

    private AdmissionRefusal? Refuse(Backlog backlog, bool decodes, TimeSpan deadline, double now)
    {
        double wait = WaitFor(backlog, decodes, now), service = backlog.Estimate.ServiceOf(decodes);
        if (InHand >= capacity)
            return new AdmissionRefusal(Seconds(wait), Text($"The server has {capacity} requests in hand already."));

        // Whoever finds nobody inside is let in whatever is thought of its chances: estimates must be renewed by someone.
        if (InHand == 0 || wait <= 0)
            return null;
        if (wait + service > deadline.TotalSeconds)
            return new AdmissionRefusal(Seconds(wait), Text($"The server has {InHand} requests in hand and could not answer another within {deadline.TotalSeconds:0.###} s."));
        if (_crowdedAt is null || IsShort(backlog, decodes, wait, service))
            return null;

        (_crowdedAt, _refusedAt) = (now, now);
        return new AdmissionRefusal(Seconds(wait), Text($"The server has {InHand} requests in hand, and more come than it can answer."));
    }

    // Neither do those count that read long videos window by window: they are bounded on their own and take no other's place.
    private int InHand => Inside - _backlogs.Values.Sum(backlog => backlog.Streaming) - Math.Min(_slow, SlowForPlace * capacity);

    // Two clients that never pause are no crowd, though one of them always waits.
    private bool IsShort(Backlog backlog, bool decodes, double wait, double service)
    {
        if (wait + service <= Patience * (backlog.Estimate.Alone(decodes) ?? service))
            return true;

        return _refusedAt is null && (IsDecoding(backlog) && decodes
            ? _backlogs.Values.Sum(other => other.BeforeDecoders) < 2 * Decoders
            : backlog.BeforeLanes < 2 * backlog.Lanes);
    }

    // Whether decoders and not lanes are what requests wait for.
    private bool IsDecoding(Backlog backlog) => backlog.Estimate.Decode / Decoders > backlog.Estimate.Inference / backlog.Lanes;

    // Decoding goes on while others infer: what counts is which of the two is free later.
    private double WaitFor(Backlog backlog, bool decodes, double now)
    {
        double untilLane = backlog.UntilLane(now);
        return decodes ? Math.Max(UntilDecoder(now), untilLane - backlog.Estimate.Decode) : untilLane;
    }

    private double UntilDecoder(double now)
    {
        int before = _backlogs.Values.Sum(backlog => backlog.BeforeDecoders);
        return before < Decoders ? 0 : _backlogs.Values.Sum(backlog => backlog.DecodeLeft(now)) / Decoders;
    }

    private static TimeSpan Seconds(double wait) => TimeSpan.FromSeconds(Math.Clamp(Math.Ceiling(wait), 1, 60));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
