namespace Unreel.Serve.Admission;

/// <summary>
/// Knows what is on its way through a server and decides what else may come in: pure book-keeping, moved by whoever does the work. Safe for many threads.
/// </summary>
/// <remarks>
/// <para>A request is decoded in one of some places and then has one of its model's lanes. How long both take is learnt; so it can be told how long one that
/// comes now would wait.</para>
/// <para>A burst may fill the queue. A queue that has stood for <see cref="Interval"/> is no burst: from then on one request may wait for each place, which
/// keeps the places busy, and once somebody had to be refused only what waits for less than about one service time is let in, so that those who
/// are let in are answered as if there were no crowd; until nothing had to wait or was refused for a while. The idea that standing queues and not long ones are the trouble is that of CoDel (Nichols and Jacobson, 2012; RFC 8289).</para>
/// </remarks>
/// <param name="decoders">Videos decoded at a time.</param>
/// <param name="capacity">The most requests inside.</param>
/// <param name="clock">Tells times.</param>
internal sealed partial class AdmissionBook(int decoders, int capacity, TimeProvider clock)
{
    /// <summary>A queue that has stood for so long is no burst; RFC 8289's figure.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _change = new();
    private readonly Dictionary<string, Backlog> _backlogs = new(StringComparer.Ordinal);
    private readonly LinkedList<AdmissionEntry> _uploading = [];
    private readonly long _start = clock.GetTimestamp();
    private double? _standingSince;
    private double? _crowdedAt, _refusedAt;
    private long _entered;
    private int _slow;

    /// <summary>The most requests inside.</summary>
    public int Capacity => capacity;

    /// <summary>Requests inside.</summary>
    public int Inside { get; private set; }

    /// <summary>Requests that wait for a decoder or a lane.</summary>
    public int Waiting
    {
        get
        {
            lock (_change)
                return CountWaiting();
        }
    }

    /// <summary>Whether only what need not wait long is let in.</summary>
    public bool IsCrowded
    {
        get
        {
            lock (_change)
            {
                Look(Now);
                return _crowdedAt is not null;
            }
        }
    }

    private double Now => clock.GetElapsedTime(_start).TotalSeconds;

    /// <summary>Lets a request in, or says why not.</summary>
    /// <param name="model">The model it is for.</param>
    /// <param name="lanes">Inferences of that model that go on at a time.</param>
    /// <param name="decodes">Whether it brings a video; else it brings frames.</param>
    /// <param name="deadline">The time it has.</param>
    /// <param name="refusal">Why it is not let in.</param>
    /// <returns>Null where it is not.</returns>
    public AdmissionEntry? TryEnter(string model, int lanes, bool decodes, TimeSpan deadline, out AdmissionRefusal? refusal)
    {
        lock (_change)
        {
            double now = Now;
            Look(now);
            Backlog backlog = Find(model, lanes);
            refusal = Refuse(backlog, decodes, deadline, now);
            if (refusal is not null)
                return null;

            AdmissionEntry entry = new(backlog, decodes, ++_entered, Inside++ == 0);
            Go(entry, AdmissionStage.Uploads, now);
            return entry;
        }
    }

    /// <summary>A request's upload is here. One that took long was not counted meanwhile, and is let in now, or not.</summary>
    /// <param name="entry">The request.</param>
    /// <param name="left">The time it has left.</param>
    /// <returns>Why it is not let in; null where it is.</returns>
    public AdmissionRefusal? Arrive(AdmissionEntry entry, TimeSpan left)
    {
        lock (_change)
        {
            double now = Now;
            Look(now);
            if (entry.IsSlow && Refuse(entry.Backlog, entry.Decodes, left, now) is { } refusal)
                return refusal;

            Leave(entry, now, learn: false);
            Go(entry, AdmissionStage.Between, now);
            return null;
        }
    }

    /// <summary>A request goes on to another stage.</summary>
    /// <param name="entry">The request.</param>
    /// <param name="stage">Where it is now.</param>
    /// <param name="learn">Whether decoding went well, so that the time it took says what others take; inferences tell theirs by <see cref="Inferred"/>.</param>
    public void Move(AdmissionEntry entry, AdmissionStage stage, bool learn = false)
    {
        lock (_change)
        {
            double now = Now;
            Leave(entry, now, learn);
            Go(entry, stage, now);
            Look(now);
        }
    }

    /// <summary>A request asks for the model.</summary>
    /// <param name="entry">The request.</param>
    /// <param name="weight">How many inferences of usual requests its own takes: its clips, over those of a usual request. Above 0.</param>
    public void Infer(AdmissionEntry entry, double weight = 1)
    {
        // Nothing reads it before the request is where it counts.
        entry.Weight = weight;
        Move(entry, AdmissionStage.Infers);
    }

    /// <summary>An inference went well and took so long, its waiting not counted.</summary>
    public void Inferred(AdmissionEntry entry, TimeSpan computed)
    {
        lock (_change)
        {
            double usual = computed.TotalSeconds / entry.Weight;
            entry.Backlog.Estimate.Inferred(usual);
            entry.Worked += usual;
            entry.Done++;
        }
    }

    /// <summary>A request has left.</summary>
    public void Exit(AdmissionEntry entry)
    {
        Move(entry, AdmissionStage.Between);
        lock (_change)
        {
            Inside--;
            if (entry.IsFirst && entry.Number == _entered && entry.IsUsual)
                entry.Backlog.Estimate.WasAlone(entry.Decodes, entry.Worked);
        }
    }

    private Backlog Find(string model, int lanes)
    {
        if (!_backlogs.TryGetValue(model, out Backlog? backlog))
            _backlogs.Add(model, backlog = new Backlog());

        backlog.Lanes = lanes;
        return backlog;
    }
}
