using System.Collections.Frozen;

namespace Unreel.Video.Boxes;

/// <summary>What a pool is doing and has done since it began.</summary>
/// <param name="Workers">Places, each for one process.</param>
/// <param name="Busy">Of these, those with a video in hand.</param>
/// <param name="Waiting">Videos that wait for a place.</param>
/// <param name="Videos">Videos that were taken in hand.</param>
/// <param name="Started">Processes that were started.</param>
/// <param name="Stopped">Videos that were not finished, by reason; a process was ended with each but those of <see cref="DecodeStop.Memory"/>.</param>
public sealed record DecodeCounts(int Workers, int Busy, int Waiting, long Videos, long Started, IReadOnlyDictionary<DecodeStop, long> Stopped)
{
    /// <summary>Places without a video.</summary>
    public int Idle => Workers - Busy;
}

/// <summary>Counts.</summary>
internal sealed class DecodeTally
{
    private readonly long[] _stopped = new long[Enum.GetValues<DecodeStop>().Length];
    private long _started, _videos;
    private int _waiting;

    public void AddWaiting(int change) => Interlocked.Add(ref _waiting, change);

    public void AddStart() => Interlocked.Increment(ref _started);

    public void AddVideo() => Interlocked.Increment(ref _videos);

    public void AddStop(DecodeStop reason) => Interlocked.Increment(ref _stopped[(int)reason]);

    public DecodeCounts Count(DecodeLane[] lanes) => new(
        lanes.Length,
        lanes.Count(lane => lane.Busy),
        Volatile.Read(ref _waiting),
        Interlocked.Read(ref _videos),
        Interlocked.Read(ref _started),
        Enum.GetValues<DecodeStop>().ToFrozenDictionary(reason => reason, reason => Interlocked.Read(ref _stopped[(int)reason])));
}
