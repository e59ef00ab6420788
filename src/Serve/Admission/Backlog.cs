namespace Unreel.Serve.Admission;

/// <summary>The requests for one model that are on their way, and what they still take. Times are seconds on the book's clock. Not safe for many threads.</summary>
internal sealed class Backlog
{
    private readonly List<double> _decodingSince = [];
    private double _inferringSince;
    private double _weight;
    private int _comingVideos, _comingFrames;

    /// <summary>What requests take.</summary>
    public WorkEstimate Estimate { get; } = new();

    /// <summary>Inferences that go on at a time.</summary>
    public int Lanes { get; set; } = 1;

    /// <summary>Long videos, read window by window.</summary>
    public int Streaming { get; set; }

    /// <summary>Requests whose video waits for a decoder.</summary>
    public int AwaitingDecoder { get; set; }

    /// <summary>Requests whose video is being decoded.</summary>
    public int Decoding => _decodingSince.Count;

    /// <summary>Requests that wait for the model or are with it.</summary>
    public int Inferring { get; private set; }

    /// <summary>Requests that wait for the model.</summary>
    public int WaitingForLane => Math.Max(0, Inferring - Lanes);

    /// <summary>Requests that have a decoder or will take one before a request that comes now.</summary>
    public int BeforeDecoders => _comingVideos + AwaitingDecoder + Decoding;

    /// <summary>Seconds of work that decoding still takes, all requests together. One that takes longer than others did leaves what those take as it is.</summary>
    public double DecodeLeft(double now) =>
        ((_comingVideos + AwaitingDecoder) * Estimate.Decode) + _decodingSince.Sum(since => Math.Max(0, since + Estimate.Decode - now));

    /// <summary>Requests that have a lane or will take one before a request that comes now.</summary>
    public int BeforeLanes => Inferring + BeforeDecoders + _comingFrames + Streaming;

    /// <summary>Seconds until a request that comes now finds a lane free.</summary>
    public double UntilLane(double now)
    {
        int before = BeforeLanes;
        if (before < Lanes)
            return 0;

        // The lanes that are busy have done a part; the last request before this one leaves the others free.
        double done = Inferring == 0 ? 0 : Math.Min(Estimate.Inference, now - _inferringSince);
        return Math.Max(0, ((before - Inferring + _weight - Lanes + 1) * Estimate.Inference) - done) / Lanes;
    }

    /// <summary>A request is uploading, or no longer.</summary>
    public void Expect(bool decodes, int more)
    {
        if (decodes)
            _comingVideos += more;
        else
            _comingFrames += more;
    }

    /// <summary>A video's decoding begins.</summary>
    public void BeginDecode(double now) => _decodingSince.Add(now);

    /// <summary>It ends.</summary>
    public void EndDecode(double since) => _decodingSince.Remove(since);

    /// <summary>A request asks for the model.</summary>
    /// <param name="now">The time.</param>
    /// <param name="weight">How many inferences of usual requests its own takes.</param>
    public void BeginInfer(double now, double weight)
    {
        _weight += weight;
        if (Inferring++ == 0)
            _inferringSince = now;
    }

    /// <summary>The model is through with it and goes on with the next.</summary>
    public void EndInfer(double now, double weight)
    {
        (Inferring, _inferringSince) = (Inferring - 1, now);
        _weight = Inferring == 0 ? 0 : _weight - weight;
    }
}
