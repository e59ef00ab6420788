namespace Unreel.Serve.Admission;

/// <summary>What requests for one model have been found to take. Not safe for many threads.</summary>
internal sealed class WorkEstimate
{
    // A few requests back: the clips of a day differ, and so do the loads.
    private const double Newest = 0.2;

    private double? _decode, _inference, _alone, _aloneWithFrames;

    /// <summary>Seconds that decoding a video takes; 0 before one was.</summary>
    public double Decode => _decode ?? 0;

    /// <summary>Seconds that an inference takes; 0 before one was.</summary>
    public double Inference => _inference ?? 0;

    /// <summary>Seconds that a request with a video takes when it need not wait.</summary>
    public double Service => Decode + Inference;

    /// <summary>Seconds that a request takes when it need not wait.</summary>
    public double ServiceOf(bool decodes) => decodes ? Service : Inference;

    /// <summary>Seconds that a request takes that has the server for itself; null before one had.</summary>
    public double? Alone(bool decodes) => decodes ? _alone : _aloneWithFrames;

    /// <summary>A video was decoded.</summary>
    public void Decoded(double seconds) => Learn(ref _decode, seconds);

    /// <summary>An inference ended.</summary>
    public void Inferred(double seconds) => Learn(ref _inference, seconds);

    /// <summary>Decoding and inference of a request that nothing else was beside took so long.</summary>
    public void WasAlone(bool decodes, double seconds)
    {
        if (decodes)
            Learn(ref _alone, seconds);
        else
            Learn(ref _aloneWithFrames, seconds);
    }

    private static void Learn(ref double? mean, double seconds) => mean = mean is { } before ? before + (Newest * (seconds - before)) : seconds;
}
